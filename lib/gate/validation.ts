import { Duration, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { CustomCheck, VersionHeader } from './custom-check';
import { type ReleaseGateProps } from './release-gate-props';
import { GateEvent } from './gate-event';
import { alarmPlaceProblems } from '../alarms/alarm-place';
import { securityGroupProblem } from './security-group';
import { durationProblem } from '../internal/validate';

/** What is wrong with a gate's props; `timeLimit` is the one in force. */
export function gateProblems(scope: Construct, props: ReleaseGateProps, timeLimit: Duration): (string | undefined)[] {
  const names = (props.customChecks ?? []).map((check) => check.name);
  return [
    securityGroupProblem(props),
    durationProblem('timeLimit', timeLimit, {
      minSeconds: 10,
      maxSeconds: 14 * 60,
      remedy: 'a Lambda function has 15 min, and the gate keeps one to report',
    }),
    durationProblem('bakeCheckTime', props.bakeCheckTime ?? Duration.seconds(0), {
      minSeconds: 0,
      maxSeconds: 50 * 60,
      remedy: 'CodeDeploy gives a hook an hour; watch longer with bakeTime, in which alarms still roll back',
    }),
    versionHeaderProblem(props.versionHeader),
    (props.alarms?.length ?? 0) > ALARMS_MAX
      ? `${props.alarms?.length} alarms: the gate reads ${ALARMS_MAX} at once at most: pass a composite alarm over some of them`
      : undefined,
    ...alarmPlaceProblems(scope, 'alarms', props.alarms),
    ...(props.customChecks ?? []).flatMap((check, index) =>
      customCheckProblems(check, names.indexOf(check.name) < index),
    ),
  ];
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html */
const ALARMS_MAX = 100;

function versionHeaderProblem(header: VersionHeader | undefined): string | undefined {
  if (!header) return undefined;
  if (!Token.isUnresolved(header.name) && !/^[\w!#$%&'*+.^`|~-]+$/.test(header.name))
    return `versionHeader.name '${header.name}': must be the name of a header: x-version`;
  return header.value === '' ? "versionHeader.value '': must be what the candidate answers: its version" : undefined;
}

function customCheckProblems({ name, timeLimit, events }: CustomCheck, taken: boolean): (string | undefined)[] {
  const place = `customChecks '${name}'`;
  return [
    name.trim() === '' ? `${place}: give the check a name` : undefined,
    taken ? `${place}: names are unique: another custom check has it` : undefined,
    timeLimit && durationProblem(`${place} timeLimit`, timeLimit, { minSeconds: 1, maxSeconds: 14 * 60 }),
    events?.length === 0
      ? `${place}: events is empty, so it would never be asked: name an event, or leave events out`
      : undefined,
    events?.includes(GateEvent.BEFORE_INSTALL)
      ? `${place}: there is no candidate before install: use AFTER_ALLOW_TEST_TRAFFIC or AFTER_ALLOW_TRAFFIC`
      : undefined,
  ];
}
