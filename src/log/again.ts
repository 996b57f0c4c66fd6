/** Header of a record that was appended again, after others that came later; what is newest on a topic is not told by it. */
export const againHeader = 'recstream-again'
