import fc from 'fast-check';
import type { StoppableDeployment } from '../../../aws/deployments';
import { decide, heavierSide, type Observed, SIDES, type Weights } from '../../../lambda/live-route/decide';

const nothing: Observed = { forwards: [], targets: { blue: 0, green: 0 }, inFlight: [], leavesCodeDeploy: false };
const whole = { blue: { blue: 100, green: 0 }, green: { blue: 0, green: 100 } };
const running = { blue: { blue: 2, green: 0 }, green: { blue: 0, green: 2 } };
const deployment = (changes: Partial<StoppableDeployment> = {}): StoppableDeployment => ({
  deploymentId: 'd-1',
  rollback: false,
  terminationWait: false,
  stopCommand: 'aws deploy stop-deployment --deployment-id d-1 --auto-rollback-enabled',
  ...changes,
});

test.each<[string, Partial<Observed>, string]>([
  ['nothing yet: blue', {}, 'blue'],
  ['a plain forward to green', { forwards: [{ blue: 0, green: 1 }], targets: running.green }, 'green'],
  ['CodeDeploy left both groups, 0 and 100', { forwards: [whole.green], targets: running.green }, 'green'],
  [
    'the bake: all traffic on green, both run',
    { forwards: [whole.green], targets: { blue: 2, green: 2 }, inFlight: [deployment({ terminationWait: true })] },
    'green',
  ],
  [
    'the route’s own action decides before others',
    { forwards: [whole.green, whole.blue], targets: { blue: 1, green: 1 } },
    'green',
  ],
  ['a side without tasks is not heavier', { forwards: [whole.blue], targets: running.green }, 'green'],
  ['scaled to zero: what forwards decides', { forwards: [whole.green] }, 'green'],
  ['a new rule while green runs', { targets: running.green }, 'green'],
  [
    'another engine after the bake',
    { forwards: [whole.green], targets: running.green, leavesCodeDeploy: true },
    'green',
  ],
  ['both weights 0, tasks behind green', { forwards: [{ blue: 0, green: 0 }], targets: running.green }, 'green'],
])('names a side: %s', (_name, observed, side) => {
  expect(decide({ ...nothing, ...observed })).toMatchObject({ kind: 'live', side });
});

test.each<[string, Partial<Observed>, RegExp]>([
  [
    'a shift',
    { forwards: [{ blue: 90, green: 10 }], inFlight: [deployment()] },
    /^deployment d-1 is moving the traffic \(now blue 90 %, green 10 %\).*stop-deployment --deployment-id d-1 --auto-rollback-enabled/,
  ],
  [
    'a deployment that has not shifted yet',
    { forwards: [whole.blue], inFlight: [deployment()] },
    /^deployment d-1 is moving/,
  ],
  [
    'a rollback',
    { forwards: [whole.green], inFlight: [deployment({ rollback: true })] },
    /^deployment d-1 is rolling back/,
  ],
  ['a split of unknown hands', { forwards: [{ blue: 3, green: 1 }] }, /^traffic is split \(blue 75 %, green 25 %\)/],
  [
    'a split of another rule of the pair',
    { forwards: [whole.blue, { blue: 1, green: 1 }] },
    /split \(blue 50 %, green 50 %\)/,
  ],
  [
    'another engine during a bake of CodeDeploy',
    { forwards: [whole.green], targets: { blue: 2, green: 2 }, leavesCodeDeploy: true },
    /^the engine changes to ECS, and a deployment of CodeDeploy is not over/,
  ],
])('refuses: %s', (_name, observed, sentence) => {
  const decision = decide({ ...nothing, ...observed });
  expect(decision.kind).toBe('refuse');
  expect(decision.reason).toMatch(sentence);
});

const weight = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 999 }));
const weights: fc.Arbitrary<Weights> = fc.record({ blue: weight, green: weight });
const observations: fc.Arbitrary<Observed> = fc.record({
  forwards: fc.array(weights, { maxLength: 3 }),
  targets: fc.record({ blue: fc.nat(3), green: fc.nat(3) }),
  inFlight: fc.array(
    fc.record({
      deploymentId: fc.string({ minLength: 1 }),
      rollback: fc.boolean(),
      terminationWait: fc.boolean(),
      stopCommand: fc.constant('stop it'),
    }),
    { maxLength: 2 },
  ),
  leavesCodeDeploy: fc.boolean(),
});

const property = (holds: (observed: Observed) => boolean) =>
  fc.assert(fc.property(observations, holds), { seed: 20_260, numRuns: 5_000 });

test('never names a side while traffic is split or a deployment may move it', () => {
  property((observed) => {
    const split = observed.forwards.some(({ blue, green }) => blue > 0 && green > 0);
    const moving = observed.inFlight.some(({ terminationWait }) => !terminationWait);
    const { leavesCodeDeploy, targets } = observed;
    const left = leavesCodeDeploy && targets.blue > 0 && targets.green > 0;
    return decide(observed).kind === (split || moving || left ? 'refuse' : 'live');
  });
});

test('never sends all traffic to a side without tasks while the other has some', () => {
  property((observed) => {
    const decision = decide(observed);
    if (decision.kind === 'refuse') return true;
    const other = decision.side === 'blue' ? 'green' : 'blue';
    return observed.targets[decision.side] > 0 || observed.targets[other] === 0;
  });
});

test('keeps a whole side that has tasks', () => {
  property((observed) => {
    const decision = decide(observed);
    if (decision.kind === 'refuse') return true;
    const heavier = SIDES.find((side) => observed.forwards[0] && observed.forwards[0][side] > 0);
    return !heavier || observed.targets[heavier] === 0 || decision.side === heavier;
  });
});

test('blue and green are alike: swapped sides give the swapped result, except where nothing says which', () => {
  const swap = ({ blue, green }: Weights) => ({ blue: green, green: blue });
  property((observed) => {
    const mirrored = { ...observed, forwards: observed.forwards.map(swap), targets: swap(observed.targets) };
    const [one, two] = [decide(observed), decide(mirrored)];
    if (one.kind === 'refuse' || two.kind === 'refuse') return one.kind === two.kind;
    return one.side !== two.side || (one.reason === two.reason && one.side === 'blue');
  });
});

test('a rollback of the stack gets a side in every case, and that of the decision where there is one', () => {
  property((observed) => {
    const decision = decide(observed);
    const side = heavierSide(observed);
    if (decision.kind === 'live') return side === decision.side;
    const split = observed.forwards.find(({ blue, green }) => blue > 0 && green > 0);
    return !split || split[side] >= split[side === 'blue' ? 'green' : 'blue'];
  });
});
