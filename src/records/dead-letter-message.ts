/** What a dead letter says whose person was forgotten: its key, value and headers are gone. */
export const forgottenMessage = 'It was of somebody who was forgotten; what it held is gone.'
