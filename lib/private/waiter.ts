/** The state machine that asks the release function until the deployment ended, as Amazon States Language. Pure. */

export interface WaiterInput {
  /** `aws`, `aws-cn`, `aws-us-gov`, or the token for it. */
  readonly partition: string;
  readonly functionArn: string;
  readonly intervalSeconds: number;
  /** Of one execution, seconds. */
  readonly timeoutSeconds: number;
}

/** What Lambda itself may answer when it is busy: https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html */
const RETRY = [
  {
    ErrorEquals: [
      'Lambda.ServiceException',
      'Lambda.AWSLambdaException',
      'Lambda.SdkClientException',
      'Lambda.ClientExecutionTimeoutException',
      'Lambda.TooManyRequestsException',
    ],
    IntervalSeconds: 2,
    MaxAttempts: 6,
    BackoffRate: 2,
  },
];

/**
 * Wait -> Ask -> Choice on `$.done`. Asking that fails is asked again after the next wait: the deployment goes on
 * meanwhile, and the release function itself answers CloudFormation when the release's time is over.
 */
export function renderWaiter(input: WaiterInput): object {
  return {
    Comment: 'Greenlight: waits for a CodeDeploy deployment on behalf of cdk deploy',
    StartAt: 'Wait',
    TimeoutSeconds: input.timeoutSeconds,
    States: {
      Wait: { Type: 'Wait', Seconds: input.intervalSeconds, Next: 'Ask' },
      Ask: {
        Type: 'Task',
        Resource: `arn:${input.partition}:states:::lambda:invoke`,
        Parameters: { FunctionName: input.functionArn, 'Payload.$': '$' },
        OutputPath: '$.Payload',
        Retry: RETRY,
        Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: 'Wait' }],
        Next: 'Done?',
      },
      'Done?': {
        Type: 'Choice',
        Choices: [{ Variable: '$.done', BooleanEquals: true, Next: 'Done' }],
        Default: 'Wait',
      },
      Done: { Type: 'Succeed' },
    },
  };
}
