import { Option } from 'commander'

/** `--backend`, for commands in which a model computes. */
export const backendOption = (): Option =>
  new Option('--backend <name>', 'what TensorFlow.js computes with (default: native where it loads)').choices([
    'native',
    'wasm',
  ])
