/** Kinds of history, by length. */
export const lengthClasses = 10

/** 0 for a user without events, then one class for each doubling: 1, 2–3, 4–7 … 256 and more. */
export const lengthClass = (known: number): number => Math.min(lengthClasses - 1, 32 - Math.clz32(known))
