import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type LocalAws, startLocalAws } from '../../../../rehearsal/local-aws';
import type { ServiceModel, ShapeModel } from '../../../../rehearsal/core/models/model';
import { modelOf, shapeOf } from '../../../../rehearsal/core/models/table';
import { signedFetch } from '../../../support/rehearsal/signed';

const PREFIXES = readdirSync(join(__dirname, '../../../../rehearsal/core/models/data')).map((name) =>
  name.slice(0, -5),
);

/** Values of other types than AWS's, by what the protocol can carry. */
const WRONG: readonly unknown[] = ['text', -7, true, null, [null], ['x'], [[{}]], { a: { b: [1] } }];

/** A value of the right type, and within its limits where that is easy, whatever it means. */
function right(model: ServiceModel, shape: ShapeModel, depth = 0): unknown {
  const inner = (name: string) => right(model, shapeOf(model, name), depth + 1);
  if (shape.enum) return shape.type === 'string' ? shape.enum[0] : Number(shape.enum[0]);
  if (shape.type === 'string' || shape.type === 'blob') return shape.pattern === undefined ? '{"a":[1]}' : 'aa';
  if (shape.type === 'boolean') return true;
  if (shape.type === 'list') return depth > 3 ? [] : [inner(shape.member)];
  if (shape.type === 'map') return depth > 3 ? {} : { key: inner(shape.value) };
  if (shape.type !== 'structure') return shape.min ?? -1;
  if (depth > 3) return {};
  return Object.fromEntries(Object.entries(shape.members).map(([name, type]) => [name, inner(type)]));
}

interface Sent {
  readonly what: string;
  readonly input: Record<string, unknown>;
}

/** Each member of each operation with each wrong value, by itself and among right ones, and each left out. */
function inputsOf(prefix: string, operation: string): Sent[] {
  const model = modelOf(prefix);
  const shape = shapeOf(model, model.operations[operation]?.input ?? '');
  if (shape.type !== 'structure') return [];
  const full = right(model, shape) as Record<string, unknown>;
  const names = Object.keys(shape.members);
  return [
    { what: 'nothing', input: {} },
    { what: 'all', input: full },
    ...names.flatMap((name) => [
      { what: `without ${name}`, input: { ...full, [name]: undefined } },
      ...WRONG.flatMap((value) => [
        { what: `${name} = ${JSON.stringify(value)}`, input: { [name]: value } },
        { what: `all, but ${name} = ${JSON.stringify(value)}`, input: { ...full, [name]: value } },
      ]),
    ]),
  ];
}

const inputOperations = (prefix: string) =>
  Object.entries(modelOf(prefix).operations).flatMap(([name, { input }]) => (input === undefined ? [] : [name]));

describe('an input of a wrong type is an error of the sender, and no fault of the rehearsal', () => {
  let aws: LocalAws;
  let keys: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken: string };
  beforeAll(async () => {
    aws = await startLocalAws({ speed: 600 });
    const administrator = 'arn:aws:iam::aws:policy/AdministratorAccess';
    keys = aws.services.iam.addUser({ name: 'fuzz', managed: [administrator] }).credentials;
  });
  afterAll(() => aws.stop());

  const faults = () => aws.events.all().filter(({ event }) => event === 'fault');
  const services = () => aws.world.services();

  function expectNoFaultSince(before: number): void {
    const details = faults()
      .slice(before)
      .map(({ detail }) => detail);
    expect(details).toEqual([]);
  }

  async function sendAll(prefix: string, send: (operation: string, input: Sent) => Promise<Response>): Promise<void> {
    const before = faults().length;
    const problems: string[] = [];
    for (const operation of inputOperations(prefix)) {
      for (const each of inputsOf(prefix, operation)) {
        const response = await send(operation, each);
        if (response.status >= 500) problems.push(`${operation}, ${each.what}: ${await response.text()}`);
        else await response.arrayBuffer();
      }
    }
    expect(problems).toEqual([]);
    expectNoFaultSince(before);
  }

  const json = PREFIXES.filter((prefix) => !['s3', 'lambda', 'iam', 'sts', 'sns', 'ec2'].includes(prefix));

  test.each(json.filter((prefix) => !['cloudformation', 'elasticloadbalancing'].includes(prefix)))(
    'of %s, in JSON',
    async (prefix) => {
      const service = services().find((each) => each.prefix === prefix);
      const target = service?.protocol.kind === 'json' ? service.protocol.targetPrefix : '';
      const name = prefix === 'cloudwatch' ? 'monitoring' : prefix;
      await sendAll(prefix, (operation, { input }) =>
        signedFetch(aws.endpoint, keys, {
          service: name,
          method: 'POST',
          headers: { 'x-amz-target': `${target}.${operation}`, 'content-type': 'application/x-amz-json-1.1' },
          body: JSON.stringify(input),
        }),
      );
    },
    120_000,
  );

  /** `A.member.1.B=x`: what a query can carry. */
  function flat(value: unknown, path: string): [string, string][] {
    if (value === null || value === undefined) return [];
    if (Array.isArray(value)) return value.flatMap((item, index) => flat(item, `${path}.member.${index + 1}`));
    if (typeof value === 'object')
      return Object.entries(value).flatMap(([key, inner]) => flat(inner, `${path}.${key}`));
    return [[path, typeof value === 'string' ? value : JSON.stringify(value)]];
  }

  test.each(['iam', 'sts', 'sns', 'ec2', 'cloudformation', 'elasticloadbalancing', 'cloudwatch'])(
    'of %s, in a query',
    async (prefix) => {
      await sendAll(prefix, (operation, { input }) => {
        const pairs = Object.entries(input).flatMap(([name, value]) => flat(value, name));
        const form = new URLSearchParams([['Action', operation], ['Version', '2010-05-15'], ...pairs]);
        const service = prefix === 'cloudwatch' ? 'monitoring' : prefix;
        const headers = { 'content-type': 'application/x-www-form-urlencoded' };
        return signedFetch(aws.endpoint, keys, { service, method: 'POST', headers, body: form.toString() });
      });
    },
    120_000,
  );

  const bodies = ['', 'x', '[]', 'null', '{"a":', '<a>', '<Delete><Object/></Delete>', '<a xmlns="b"><c>1</c></a>'];
  const queries = [
    ...['', 'tagging', 'versioning', 'policy', 'encryption', 'acl', 'versions', 'delete', 'uploads', 'location'],
    ...[
      'uploadId=x&partNumber=y',
      'uploadId=x',
      'list-type=2&max-keys=x',
      'list-type=2&continuation-token=%00',
      'lifecycle',
    ],
  ];

  test('of s3 and lambda, in paths, queries, headers and bodies', async () => {
    const before = faults().length;
    const problems: string[] = [];
    const paths = [
      '/',
      '/bucket',
      '/bucket/key',
      '/2015-03-31/functions',
      '/2015-03-31/functions/x/invocations',
      '/2015-03-31/functions/x',
    ];
    for (const service of ['s3', 'lambda']) {
      for (const path of paths) {
        for (const method of ['GET', 'PUT', 'POST', 'DELETE', 'HEAD']) {
          for (const query of queries) {
            for (const body of ['GET', 'HEAD'].includes(method) ? [undefined] : bodies) {
              const headers = {
                'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
                range: 'bytes=x',
                'x-amz-copy-source': '%',
              };
              const options = { service, method, headers, ...(body !== undefined && { body }) };
              const response = await signedFetch(`${aws.endpoint}${path}?${query}`, keys, options);
              const text = await response.text();
              // NotImplemented, S3's own error for what it does not support.
              if (response.status >= 500 && response.status !== 501)
                problems.push(`${service} ${method} ${path}?${query} ${body ?? ''}: ${text}`);
            }
          }
        }
      }
    }
    expect(problems).toEqual([]);
    expectNoFaultSince(before);
  }, 120_000);
});
