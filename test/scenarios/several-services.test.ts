import { join } from 'node:path';
import { type LocalAws, startLocalAws } from '../../rehearsal/local-aws';
import { parsePlan } from '../../rehearsal/runner/plan/read';
import type { RehearsalReport, ServiceReport } from '../../rehearsal/runner/report/document';
import { summary } from '../../rehearsal/runner/report/text';
import { rehearse } from '../../rehearsal/runner/rehearse';
import { appCommand } from '../support/app';

const ROOT = join(__dirname, '../..');

const file = `
version: 1
app: ${appCommand('test/scenarios/apps/several-services.ts')}
stack: Prod-Shop
speed: 60
traffic: { rate: 1, services: { Plain: { paths: [/health] } } }
releases:
  - { name: first, expect: created }
  - name: both
    context: { web: v2, orders: v2 }
    expect: { outcome: succeeded, failed: 0, exposed: { min: 1 }, minutes: 60 }
  - name: broken
    context: { web: v2, orders: v3, fault: /orders }
    expect: { outcome: rolled-back, reason: 'check "its route"', lost: 0, exposed: 0 }
  - { name: plain, context: { web: v2, orders: v2, plain: v2 }, expect: succeeded }
  - name: bake
    context: { web: v3, orders: v2, plain: v2, bakeMinutes: 60, failing: '60' }
    expect: { outcome: rolled-back, reason: 'Web was rolled back in its bake: alarm "', lost: 0 }
`;

/** Two blue/green services and a plain one behind one listener, in a stage, by the real CLI. */
describe('several services behind one load balancer', () => {
  let aws: LocalAws;
  let report: RehearsalReport;
  beforeAll(async () => {
    const plan = parsePlan(file, 'rehearsal.yaml');
    aws = await startLocalAws({ speed: plan.speed });
    report = await rehearse(aws, { plan, directory: ROOT, signal: new AbortController().signal });
  }, 400_000);
  afterAll(() => aws?.stop());

  const step = (name: string) => {
    const found = report.releases.find((release) => release.name === name);
    if (!found) throw new Error(`no release ${name}`);
    return found;
  };
  const service = (release: string, name: string): ServiceReport => {
    const found = step(release).services.find((each) => each.name === name);
    if (!found) throw new Error(`no service ${name} in ${release}`);
    return found;
  };

  test('all steps end as expected, the stack of the stage under its own name', () => {
    expect(report.releases.map(({ name, violations }) => ({ name, violations }))).toEqual(
      ['first', 'both', 'broken', 'plain', 'bake'].map((name) => ({ name, violations: [] })),
    );
    expect(
      step('first')
        .services.map(({ name, outcome }) => `${name} ${outcome}`)
        .sort(),
    ).toEqual(['Orders created', 'Plain created', 'Web created']);
  });

  test("each service's deployment and traffic is in the report", () => {
    for (const name of ['Web', 'Orders']) {
      const { outcome, deploymentId, requests } = service('both', name);
      expect({ outcome, lost: requests.lost }).toEqual({ outcome: 'succeeded', lost: 0 });
      expect(deploymentId).toMatch(/^d-/);
      expect(requests.exposed.total).toBeGreaterThan(0);
      expect(requests.total).toBeGreaterThan(requests.exposed.total);
    }
    expect(service('both', 'Web').deploymentId).not.toBe(service('both', 'Orders').deploymentId);
    const { services, requests } = step('both');
    expect(services.reduce((sum, each) => sum + each.requests.total, 0)).toBe(requests.total);
  });

  test('a bad release of one is its own; the others are unchanged', () => {
    expect(service('broken', 'Orders')).toMatchObject({
      outcome: 'rolled-back',
      requests: { exposed: { total: 0 } },
    });
    for (const name of ['Web', 'Plain']) {
      expect(service('broken', name)).toMatchObject({ outcome: 'unchanged', deploymentId: null });
      expect(service('broken', name).requests.total).toBeGreaterThan(0);
    }
  });

  test('a service that ECS itself updates is released too, under load', () => {
    expect(service('plain', 'Plain')).toMatchObject({ outcome: 'succeeded', deploymentId: null });
    expect(service('plain', 'Plain').requests.total).toBeGreaterThan(0);
  });

  test('the summary has a line for each service', () => {
    expect(summary(report)).toMatch(/^broken Orders: rolled-back, d-\w+; \d+ requests, 0 exposed/m);
    expect(summary(report)).toMatch(/^broken Web: unchanged; \d+ requests/m);
  });
});
