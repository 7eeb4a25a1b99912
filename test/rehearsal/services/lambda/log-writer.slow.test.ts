import { AwsError } from '../../../../rehearsal/core/service';
import { lambdaWorld } from '../../../support/rehearsal/lambda';
import { eventually } from '../../../support/until';

describe('logs', () => {
  test('console lines carry time, request and level; stdout is raw; line breaks stay in a record', async () => {
    const { create, invoke, lines } = lambdaWorld();
    await create(
      `exports.handler = async () => { console.warn('two\\nlines %d', 5); process.stdout.write('{"kind":"raw"}\\n') }`,
    );
    await invoke();
    await eventually(async () => (await lines()).length >= 5);
    const found = await lines();
    expect(found).toContain('{"kind":"raw"}');
    expect(found.find((line) => line.includes('WARN'))).toMatch(/^\d{4}-\S+Z\t[0-9a-f-]{36}\tWARN\ttwo\nlines 5$/);
  });

  test('LogFormat JSON wraps records and filters by level', async () => {
    const { create, invoke, lines } = lambdaWorld();
    const code = `exports.handler = async () => { console.log({ kind: 'x' }); console.debug('hidden') }`;
    await create(code, { LoggingConfig: { LogFormat: 'JSON' } });
    await invoke();
    await eventually(async () => (await lines()).length >= 3);
    const records = (await lines()).filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as object);
    expect(records).toMatchObject([{ level: 'INFO', message: { kind: 'x' } }]);
  });

  test('a role without permission for logs loses them, and the function still runs', async () => {
    const { create, invoke, world } = lambdaWorld();
    const deny = () => {
      throw new AwsError('AccessDeniedException', 'is not authorized to perform: logs:CreateLogStream', 400);
    };
    world.add({ prefix: 'logs', operations: { CreateLogStream: { handle: deny } } });
    await create(`exports.handler = async () => 1`);
    expect(await invoke()).toMatchObject({ Payload: '1' });
    await eventually(() => world.events.all().some((event) => event.event === 'logs-lost'));
  });
});
