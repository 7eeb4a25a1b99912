import fc from 'fast-check';
import { decide, type InFlight, type Observed, type ReleaseEvent } from '../../../lambda/release/decide';

const event: ReleaseEvent = { requestType: 'Update', taskDefinition: 'web:2', revision: 'rev2' };
const flying = (revision: string, terminationWait = false): InFlight => ({
  deploymentId: 'd-1',
  revision,
  terminationWait,
});

test.each<[string, Partial<ReleaseEvent>, Observed, object]>([
  ['creates', {}, { liveTaskDefinition: 'web:1', inFlight: [] }, { kind: 'create' }],
  ['the first creation deploys nothing', { requestType: 'Create' }, { inFlight: [] }, { kind: 'answer' }],
  ['a deletion deploys nothing', { requestType: 'Delete' }, { inFlight: [] }, { kind: 'answer' }],
  ['what is live is not deployed', {}, { liveTaskDefinition: 'web:2', inFlight: [] }, { kind: 'answer' }],
  [
    'adopts the same revision',
    {},
    { liveTaskDefinition: 'web:1', inFlight: [flying('rev2')] },
    { kind: 'adopt', deploymentId: 'd-1' },
  ],
  [
    'adopts it after the shift too',
    {},
    { liveTaskDefinition: 'web:2', inFlight: [flying('rev2', true)] },
    { kind: 'adopt' },
  ],
  ['refuses beside another', {}, { liveTaskDefinition: 'web:1', inFlight: [flying('rev9')] }, { kind: 'refuse' }],
])('%s', (_name, changes, observed, action) => {
  expect(decide({ ...event, ...changes }, observed)).toMatchObject(action);
});

test('a refusal names the deployment and the way out', () => {
  const refusal = (terminationWait: boolean) =>
    decide(event, { liveTaskDefinition: 'web:1', inFlight: [flying('rev9', terminationWait)] });
  expect(refusal(false)).toMatchObject({ reason: expect.stringMatching(/\(d-1\).*stop-deployment/) as string });
  expect(refusal(true)).toMatchObject({ reason: expect.stringMatching(/\(d-1\).*TERMINATION_WAIT/) as string });
});

const anyName = fc.constantFrom('web:1', 'web:2', 'web:3');
const anyRevision = fc.constantFrom('rev1', 'rev2', 'rev3');
const anyEvent = fc.record<ReleaseEvent>({
  requestType: fc.constantFrom('Create', 'Update', 'Delete'),
  taskDefinition: anyName,
  revision: anyRevision,
});
const anyObserved = fc.record<Observed>({
  liveTaskDefinition: fc.option(anyName, { nil: undefined }),
  inFlight: fc.array(
    fc.record<InFlight>({
      deploymentId: fc.stringMatching(/^d-[A-Z]{3}$/),
      revision: fc.option(anyRevision, { nil: undefined }),
      terminationWait: fc.boolean(),
    }),
    { maxLength: 3 },
  ),
});

test('never deploys on Create or Delete, what is live, or beside a deployment in flight; adopts only its own revision', () => {
  fc.assert(
    fc.property(anyEvent, anyObserved, (it, observed) => {
      const action = decide(it, observed);
      if (action.kind === 'create') {
        expect(it.requestType).toBe('Update');
        expect(observed.liveTaskDefinition).not.toBe(it.taskDefinition);
        expect(observed.inFlight).toEqual([]);
      }
      if (action.kind === 'adopt') {
        const adopted = observed.inFlight.find((deployment) => deployment.deploymentId === action.deploymentId);
        expect(adopted?.revision).toBe(it.revision);
      }
      if (it.requestType !== 'Update') expect(action.kind).toBe('answer');
    }),
    { numRuns: 1_000 },
  );
});
