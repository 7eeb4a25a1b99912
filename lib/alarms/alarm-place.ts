import { ArnFormat, Stack, Token } from 'aws-cdk-lib';
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';

/**
 * CodeDeploy and the gate find alarms by name, in their own account and region.
 * https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_Alarm.html
 * @param name of the prop that holds the alarms
 * @returns what is wrong, for each alarm of another account or region; what is not known at synth passes
 */
export function alarmPlaceProblems(
  scope: Construct,
  name: string,
  alarms: readonly IAlarm[] = [],
): (string | undefined)[] {
  const stack = Stack.of(scope);
  return alarms.map((alarm) => {
    const { account, region } = placeOf(alarm, stack);
    if (!differs(region, stack.region) && !differs(account, stack.account)) return undefined;
    const where = [account, region].filter((part) => part !== undefined && !Token.isUnresolved(part)).join('/');
    return (
      `${name}: alarm ${alarm.node.path} is in ${where} and the release in ${stack.account}/${stack.region}, where it is ` +
      'searched by name and would not be found: make an alarm on the same metric in the stack of the service'
    );
  });
}

interface Place {
  readonly account?: string;
  readonly region?: string;
}

/** From the ARN where it says so, as an imported alarm's construct is wherever it was imported. */
function placeOf(alarm: IAlarm, stack: Stack): Place {
  const { account, region } = alarm.env;
  if (Token.isUnresolved(alarm.alarmArn)) return { account, region };
  const arn = stack.splitArn(alarm.alarmArn, ArnFormat.COLON_RESOURCE_NAME);
  return { account: arn.account ?? account, region: arn.region ?? region };
}

function differs(one: string | undefined, other: string): boolean {
  return one !== undefined && one !== other && !Token.isUnresolved(one) && !Token.isUnresolved(other);
}
