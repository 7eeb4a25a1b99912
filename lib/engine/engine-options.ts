import type { Duration } from 'aws-cdk-lib';

/** Options of `ReleaseEngine.codeDeploy`. */
export interface CodeDeployEngineOptions {
  /** How long green may take to become healthy, whole seconds up to 60 min. @default Duration.minutes(10) */
  readonly startTimeout?: Duration;
}
