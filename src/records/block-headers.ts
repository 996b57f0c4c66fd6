/** Header with the row number that a block reaches, also where rows were forgotten; a restarted publisher goes on from the newest one. */
export const lastHeader = 'recstream-last'
/** Header with the newest change that is on the partition with the block; a topic from before there were changes has none. */
export const changeHeader = 'recstream-change'
