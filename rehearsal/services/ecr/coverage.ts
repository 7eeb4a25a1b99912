import type { Coverage } from '../../core/coverage';

/** What a rehearsal makes of the properties of ECR. */
export const ecrCoverage: Readonly<Record<string, Coverage>> = {
  'AWS::ECR::Repository': {
    acts: ['RepositoryName', 'EmptyOnDelete'],
    ignores: {
      LifecyclePolicy: 'no image expires',
      ImageTagMutability: 'tags can be moved',
      RepositoryPolicyText: 'only policies of identities decide',
    },
  },
};
