/** Header with the row number that a block reaches; it stands there also where rows were forgotten. */
export const lastHeader = 'recstream-last'
/** Header with the newest change that is on the partition with the block. */
export const changeHeader = 'recstream-change'
