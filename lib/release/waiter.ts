import { PROBE_KIND } from '../../lambda/release/types';

/** The state machine that asks the release function until the deployment ended, as Amazon States Language. Pure. */

export interface WaiterInput {
  /** `aws`, `aws-cn`, `aws-us-gov`, or the token for it. */
  readonly partition: string;
  readonly functionArn: string;
  /** Of one execution, seconds. */
  readonly timeoutSeconds: number;
}

/**
 * Errors of Lambda itself when it is busy, and a call that IAM denies: for a minute, as long as IAM needs to settle.
 * https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html
 */
const RETRY = [
  {
    ErrorEquals: [
      'Lambda.ServiceException',
      'Lambda.AWSLambdaException',
      'Lambda.SdkClientException',
      'Lambda.ClientExecutionTimeoutException',
      'Lambda.TooManyRequestsException',
      'Lambda.AccessDeniedException',
    ],
    IntervalSeconds: 2,
    MaxAttempts: 6,
    BackoffRate: 2,
    MaxDelaySeconds: 15,
  },
];

/**
 * Wait -> Ask -> Choice on `$.done`. Asking that fails is asked again after the next wait: the deployment continues
 * meanwhile, and the release function itself responds to CloudFormation when the release's time is over. A probe asks once,
 * and fails with what the call failed with.
 */
export function renderWaiter(input: WaiterInput): object {
  const ask = {
    Type: 'Task',
    Resource: `arn:${input.partition}:states:::lambda:invoke`,
    Parameters: { FunctionName: input.functionArn, 'Payload.$': '$' },
    OutputPath: '$.Payload',
    Retry: RETRY,
  };
  return {
    Comment: 'Greenlight: follows a deployment on behalf of cdk deploy',
    StartAt: 'Probe?',
    TimeoutSeconds: input.timeoutSeconds,
    States: {
      'Probe?': {
        Type: 'Choice',
        Choices: [{ Variable: '$.kind', StringEquals: PROBE_KIND, Next: 'Probe' }],
        Default: 'Wait',
      },
      Probe: { ...ask, Next: 'Done' },
      Wait: { Type: 'Wait', SecondsPath: '$.pollAgainSeconds', Next: 'Ask' },
      Ask: { ...ask, Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: 'Wait' }], Next: 'Done?' },
      'Done?': {
        Type: 'Choice',
        Choices: [{ Variable: '$.done', BooleanEquals: true, Next: 'Done' }],
        Default: 'Wait',
      },
      Done: { Type: 'Succeed' },
    },
  };
}
