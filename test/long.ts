/** Whether what takes long is tried too: `npm run battery` sets it, `npm test` does not. */
export const isLong = process.env['LONG'] === '1'
