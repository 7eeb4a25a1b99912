import type { Stack } from 'aws-cdk-lib';
import { flat, ofType, type Statement, statements } from './support';

const list = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value]);

/** What each role or policy of a stack allows: `action on resource`, and ` if ...` with the condition. */
export function permissionsOf(stack: Stack): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const statement of statements(stack)) (found[statement.holder] ??= []).push(...linesOf(statement));
  return found;
}

function linesOf({ Action, Resource, Condition, Effect }: Statement): string[] {
  const effect = Effect === 'Allow' ? '' : `${Effect} `;
  const condition = Condition === undefined ? '' : ` if ${JSON.stringify(Condition)}`;
  return list(Action).flatMap((action) =>
    list(Resource).map((resource) => `${effect}${action} on ${short(flat(resource))}${condition}`),
  );
}

/** Who may take on each role: service and condition. */
export function trustsOf(stack: Stack): Record<string, string> {
  const roles = ofType(stack, 'AWS::IAM::Role').map(([id, { Properties }]) => {
    const { Statement } = Properties.AssumeRolePolicyDocument as unknown as { Statement: object[] };
    return [id, Statement.map((each) => trustOf(each as Trust)).join('; ')];
  });
  return Object.fromEntries(roles) as Record<string, string>;
}

interface Trust {
  readonly Effect: string;
  readonly Action: string;
  readonly Principal: { readonly Service?: string };
  readonly Condition?: object;
}

function trustOf({ Effect, Action, Principal, Condition }: Trust): string {
  const condition = Condition === undefined ? '' : ` if ${JSON.stringify(Condition)}`;
  return `${Effect} ${Action} to ${Principal.Service ?? JSON.stringify(Principal)}${condition}`;
}

/** ARNs without the parts that are the same in each of them. */
function short(arn: string): string {
  const select = /\{"Fn::Select":\[([01]),\{"Fn::Split":\[":listener\/",\{"Ref":"(\w+)"\}\]\}\]\}/g;
  return arn
    .replaceAll('<AWS::Partition>', 'aws')
    .replaceAll('<AWS::Region>', 'here')
    .replaceAll('<AWS::AccountId>', 'own')
    .replace(select, (_all, half: string, id: string) => (half === '0' ? `<${id}>` : '~'));
}
