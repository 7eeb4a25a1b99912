import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Aws, type Stack } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { GateEnvironment } from '../../../lambda/gate/types';
import { SmokeAuth, SmokeBody, SmokeSuite } from '../../../lib';
import { temporaryDirectory } from '../../support/temporary';
import { flat, newStack, ofType, serviceIn } from '../support';

interface Statement {
  readonly Action: string | string[];
  readonly Resource: unknown;
}

interface KeyStatement {
  readonly Action: string | string[];
  readonly Principal: { readonly AWS?: unknown };
  readonly Condition?: { readonly StringEquals: Readonly<Record<string, unknown>> };
}

/** What the gate's role may do to secrets, parameters and keys: `action on resource`. */
function grants(stack: Stack): string[] {
  return ofType(stack, 'AWS::IAM::Policy')
    .filter(([id]) => id.startsWith('WebGateRole'))
    .flatMap(([, { Properties }]) => (Properties.PolicyDocument as unknown as { Statement: Statement[] }).Statement)
    .flatMap(({ Action, Resource }) =>
      [Action].flat().flatMap((action) => [Resource].flat().map((it) => [action, flat(it)])),
    )
    .filter(([action]) => /^(secretsmanager|ssm|kms):/.test(action as string))
    .map(([action, resource]) => `${action as string} on ${resource as string}`)
    .sort();
}

function variablesOf(stack: Stack): unknown {
  const [, gate] = ofType(stack, 'AWS::Lambda::Function').find(([id]) => id.startsWith('WebGateAfterAllowTest')) ?? [];
  const { Variables } = gate!.Properties.Environment as unknown as { Variables: Record<string, unknown> };
  return JSON.parse(flat(Variables[GateEnvironment.variables] ?? '{}'));
}

function fileOf(suite: object): string {
  const file = join(temporaryDirectory('suite'), 'smoke.json');
  writeFileSync(file, JSON.stringify({ version: 1, ...suite }));
  return file;
}

const check = (auth: SmokeAuth) => ({ name: 'a', path: '/', auth });

describe('what the gate may read', () => {
  test('is exactly the secret that a check in code sends', () => {
    const stack = newStack();
    const secret = new Secret(stack, 'Mine');
    new Secret(stack, 'Other');
    serviceIn(stack, { suite: SmokeSuite.of(check(SmokeAuth.bearer(secret))) });
    const [id] = ofType(stack, 'AWS::SecretsManager::Secret').find(([it]) => it.startsWith('Mine')) ?? [];
    expect(grants(stack)).toEqual([`secretsmanager:GetSecretValue on <${id}>`]);
    expect(variablesOf(stack)).toEqual({ 'secret-of-check-1': `<${id}>` });
  });

  test('is only the value of a parameter that a check in code sends', () => {
    const stack = newStack();
    const parameter = StringParameter.fromStringParameterName(stack, 'P', '/shop/key');
    serviceIn(stack, { suite: SmokeSuite.of(check(SmokeAuth.bearerParameter(parameter))) });
    expect(grants(stack)).toEqual([expect.stringMatching(/^ssm:GetParameter on arn:.*:parameter\/shop\/key$/)]);
  });

  test('includes the key that the secret is encrypted with', () => {
    const stack = newStack();
    const secret = new Secret(stack, 'Mine', { encryptionKey: new Key(stack, 'Key') });
    serviceIn(stack, { suite: SmokeSuite.of(check(SmokeAuth.basic(secret))) });
    const [, key] = ofType(stack, 'AWS::KMS::Key')[0] ?? [];
    const { Statement } = key!.Properties.KeyPolicy as unknown as { Statement: readonly KeyStatement[] };
    const granted = Statement.filter((it) => flat(it.Principal.AWS ?? '').startsWith('<WebGateRole'));
    expect(granted.map(({ Action, Condition }) => [Action, flat(Condition?.StringEquals['kms:ViaService'])])).toEqual([
      ['kms:Decrypt', 'secretsmanager.<AWS::Region>.amazonaws.com'],
    ]);
  });

  test('is the secret of that name, whose ARN ends in six characters that are not known', () => {
    const stack = newStack();
    const secret = Secret.fromSecretNameV2(stack, 'Named', 'shop/key');
    serviceIn(stack, { suite: SmokeSuite.of(check(SmokeAuth.header('x-api-key', secret))) });
    expect(grants(stack)).toContainEqual(
      expect.stringMatching(/^secretsmanager:GetSecretValue on .*:secret:shop\/key-\?{6}$/),
    );
  });

  test.each([
    ['a secret', 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:x-AbCdEf', ['secretsmanager:GetSecretValue']],
    ['a parameter', 'arn:aws:ssm:eu-west-1:111122223333:parameter/x', ['ssm:GetParameter']],
    ['a parameter of another partition', 'arn:aws-cn:ssm:cn-north-1:111122223333:parameter/x', ['ssm:GetParameter']],
  ])('of a file is the ARN of %s', (_name, secret, actions) => {
    const stack = newStack();
    const file = fileOf({ checks: [{ name: 'a', path: '/', auth: { type: 'bearer', secret } }] });
    serviceIn(stack, { suite: SmokeSuite.fromFile(file) });
    expect(grants(stack)).toEqual(actions.map((action) => `${action} on ${secret}`));
  });

  test('of a file is the ARN that a variable gives it, one that is known only at deploy time included', () => {
    const suite = {
      variables: { arn: null },
      checks: [{ name: 'a', path: '/', auth: { type: 'bearer', secret: '${arn}' } }],
    };
    const parameters = newStack();
    const parameter = StringParameter.fromStringParameterName(parameters, 'P', '/shop/key');
    serviceIn(parameters, {
      suite: SmokeSuite.fromFile(fileOf(suite), { variables: { arn: parameter.parameterArn } }),
    });
    expect(grants(parameters)).toEqual([expect.stringMatching(/^ssm:GetParameter on arn:.*:parameter\/shop\/key$/)]);

    // What the token becomes is not known: on the other service's ARN the action of one grants nothing.
    const secrets = newStack();
    const secret = new Secret(secrets, 'Mine');
    serviceIn(secrets, { suite: SmokeSuite.fromFile(fileOf(suite), { variables: { arn: secret.secretArn } }) });
    const mine = expect.stringMatching(/^(ssm:GetParameter|secretsmanager:GetSecretValue) on <Mine\w+>$/) as string;
    expect(grants(secrets)).toEqual([mine, mine]);
    expect(variablesOf(secrets)).toEqual({ arn: expect.stringMatching(/^<Mine\w+>$/) as string });
  });
});

test('values that are known only at deploy time reach the gate as variables, and the suite’s file names them', () => {
  const stack = newStack();
  const file = fileOf({
    variables: { region: null, version: 'dev' },
    checks: [{ name: 'a', path: '/', expect: { bodyContains: ['${region}', '${version}'] } }],
  });
  serviceIn(stack, { suite: SmokeSuite.fromFile(file, { variables: { region: `in-${Aws.REGION}` } }) });
  expect(variablesOf(stack)).toEqual({ region: 'in-<AWS::Region>' });
});

test('a token in a check from code becomes a variable, and the suite’s document has none', () => {
  const stack = newStack();
  const secret = new Secret(stack, 'Mine');
  const checks = [
    {
      name: 'a',
      path: `/x/${Aws.REGION}?of=${Aws.ACCOUNT_ID}`,
      headers: { region: Aws.REGION },
      body: SmokeBody.text('$${region}'),
    },
    { name: 'b', path: '/', expect: { bodyContains: `in ${Aws.REGION}` }, auth: SmokeAuth.bearer(secret) },
  ];
  const suite = SmokeSuite.of(...checks);
  serviceIn(stack, { suite });
  expect(variablesOf(stack)).toEqual({
    'secret-of-check-2': expect.stringMatching(/^<Mine\w+>$/) as string,
    'token-2': '<AWS::Region>',
    'token-3': '<AWS::AccountId>',
  });
  const rendered = suite._render(stack);
  expect(rendered.checks[0]).toMatchObject({
    path: '/x/${token-2}?of=${token-3}',
    headers: { region: '${token-2}' },
    body: '$${region}',
  });
  expect(rendered.checks[1]).toMatchObject({ expect: { bodyContains: 'in ${token-2}' } });
  expect(JSON.stringify(rendered)).not.toContain('Token[');
});
