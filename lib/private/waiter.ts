/** The state machine that asks the release function until the deployment ended, as Amazon States Language. Pure. */

export interface WaiterInput {
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
 * Wait -> Ask -> Choice on `$.done`. When asking fails for good, the release function is called once more with
 * `$.error` (`{Error, Cause}`) beside the state, so that CloudFormation gets an answer and not an hour of silence.
 */
export function renderWaiter(input: WaiterInput): object {
  const ask = {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Parameters: { FunctionName: input.functionArn, 'Payload.$': '$' },
    Retry: RETRY,
  };
  return {
    Comment: 'Greenlight: waits for a CodeDeploy deployment on behalf of cdk deploy',
    StartAt: 'Wait',
    TimeoutSeconds: input.timeoutSeconds,
    States: {
      Wait: { Type: 'Wait', Seconds: input.intervalSeconds, Next: 'Ask' },
      Ask: {
        ...ask,
        OutputPath: '$.Payload',
        Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Report' }],
        Next: 'Done?',
      },
      'Done?': {
        Type: 'Choice',
        Choices: [{ Variable: '$.done', BooleanEquals: true, Next: 'Done' }],
        Default: 'Wait',
      },
      Report: { ...ask, Next: 'Failed' },
      Failed: { Type: 'Fail', Error: 'ReleaseUnwatched', Cause: 'The release function failed while it was asked.' },
      Done: { Type: 'Succeed' },
    },
  };
}
