import type { RehearsalEvent } from '../events';
import type { LocalAws } from '../index';
import type { DeniedCall, RehearsalReport, ReleaseReport } from '../report/document';
import { runRelease, type RunOptions } from './release';
import { versions } from './versions';

/**
 * Runs the plan's releases in order on a running local AWS. Goes on after a release that did not end as expected,
 * because the next one shows whether the service still can be released.
 * @throws SynthesisError when the CDK app fails
 */
export async function rehearse(
  aws: LocalAws,
  options: RunOptions,
  onRelease: (release: ReleaseReport) => void = () => undefined,
): Promise<RehearsalReport> {
  const releases: ReleaseReport[] = [];
  const denied: DeniedCall[] = [];
  for (const planned of options.plan.releases) {
    const from = aws.events.all().length;
    const release = await runRelease(aws, planned, options);
    denied.push(...deniedCalls(aws.events.all().slice(from), planned.name));
    releases.push(release);
    onRelease(release);
  }
  return {
    releases,
    inertResources: countByType(aws.services.cloudformation.inertResources()),
    deniedCalls: denied,
    speed: aws.clock.speed,
    versions: versions(options.directory),
  };
}

function deniedCalls(events: readonly RehearsalEvent[], release: string): DeniedCall[] {
  return events
    .filter((event) => event.source === 'iam' && event.event === 'denied')
    .map(({ data }) => ({
      release,
      principal: String(data.principal),
      action: String(data.action),
      resource: String(data.resource),
    }));
}

function countByType(resources: readonly { readonly type: string }[]): { type: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const { type } of resources) counts.set(type, (counts.get(type) ?? 0) + 1);
  return [...counts].map(([type, count]) => ({ type, count })).sort((a, b) => a.type.localeCompare(b.type));
}
