import type * as core from '@tensorflow/tfjs-core'

/** TensorFlow.js's core, with whichever backend was opened. */
export type TensorFlow = typeof core
