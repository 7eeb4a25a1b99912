import type { ReleaseProperties } from './types';

const TEXTS = [
  'ServiceName',
  'ApplicationName',
  'DeploymentGroupName',
  'DeploymentConfigName',
  'ClusterName',
  'EcsServiceName',
  'AppSpec',
  'TaskDefinition',
  'TimeoutSeconds',
] as const;

/** @throws Error that names every property that is missing or wrong */
export function readProperties(properties: Readonly<Record<string, unknown>>): ReleaseProperties {
  const mistakes: string[] = TEXTS.filter(
    (name) => typeof properties[name] !== 'string' || properties[name] === '',
  ).map((name) => `${name} is missing`);
  if (!(Number(properties.TimeoutSeconds) > 0)) mistakes.push('TimeoutSeconds is not a number above 0');
  for (const name of ['FailedTasksMax', 'StartLimitSeconds'] as const)
    if (properties[name] !== undefined && !(Number(properties[name]) > 0))
      mistakes.push(`${name} is not a number above 0`);
  if (mistakes.length > 0) throw new Error(`the release resource is wrong: ${mistakes.join('; ')}`);
  // CloudFormation leaves out empty lists and maps.
  return { GateLogGroups: {}, AlarmNames: [], ...properties } as unknown as ReleaseProperties;
}
