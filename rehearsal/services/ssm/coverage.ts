import type { Coverage } from '../../core/coverage';

/** What a rehearsal makes of the properties of SSM. */
export const ssmCoverage: Readonly<Record<string, Coverage>> = {
  'AWS::SSM::Parameter': {
    acts: ['Name', 'Type', 'Value'],
    ignores: { AllowedPattern: 'values are not compared with the pattern' },
  },
};
