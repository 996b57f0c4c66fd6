import { ablations, type Interests, ourPreset, paperPreset } from '../../../agents/ddpg-la/paper/options.ts'
import type { Variant } from './trial.ts'

/** Passes over the training events; validation has its best round well before. */
const rounds = 12

export const paperForm: Variant = { policy: 'ddpg-la-paper', options: paperPreset, rounds }
export const ourForm: Variant = { policy: 'ddpg-la-paper (ours)', options: ourPreset, rounds }

/** The paper's record and loss, with every guard but the anchor. */
export const guardedForm: Variant = {
  policy: 'ddpg-la-paper (guarded)',
  options: {
    ...paperPreset,
    warmUpRounds: 2,
    exploringShare: 0.3,
    criticSteps: 4,
    actionScale: 8,
    predictor: 'target',
  },
  rounds,
}

/** Squared error alone on the same network and record: what the critic is worth is the distance to it. */
export const supervisedForm: Variant = {
  policy: 'same actor by squared error',
  options: { ...ourPreset, gamma: 0, criticSteps: 0, warmUpRounds: 0, anchor: { criticWeight: 0 } },
  rounds,
}

/** Our form with each pair of extractors. */
export const ablationForms: readonly Variant[] = ablations.map(interests => ({
  policy: nameOf(interests),
  options: { ...ourPreset, interests },
  rounds,
}))

function nameOf({ long, short }: Interests): string {
  const names = [{ rlstm: 'RLSTM', lstm: 'LSTM', none: '' }[long], short === 'none' ? '' : short]
  return names.filter(name => name !== '').join(' + ')
}
