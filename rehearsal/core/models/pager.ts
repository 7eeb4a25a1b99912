import type { Ids } from '../ids';
import { AwsError } from '../service';
import { codeOf } from './reports';
import type { PageModel } from './model';
import { modelOf } from './table';
import { isObject } from './types';

/** How many items a page has when the request does not say, where that is not 100; the API references of the operations say so. */
const PAGE_SIZES: Readonly<Record<string, number>> = {
  'application-autoscaling:DescribeScalableTargets': 50,
  'cloudwatch:DescribeAlarms': 50,
  'cloudwatch:ListMetrics': 500,
  'cloudwatch:ListDashboards': 1000,
  'ecs:ListServices': 10,
  'elasticloadbalancing:*': 400,
  'lambda:ListFunctions': 50,
  'logs:DescribeLogGroups': 50,
  'logs:DescribeLogStreams': 50,
  'logs:FilterLogEvents': 10_000,
  'ssm:GetParametersByPath': 10,
  // "If you do not specify this parameter, all results": EC2's own pages begin with MaxResults.
  'ec2:*': Infinity,
};

/** How many lists the pager remembers: who comes back with an older token gets an error, as after a day on AWS. */
const LISTS_MAX = 1000;

interface Item {
  /** The member of the output that the item belongs to. */
  readonly list: string;
  readonly value: unknown;
}

interface Rest {
  readonly operation: string;
  readonly items: readonly Item[];
}

type Values = Readonly<Record<string, unknown>>;

/** One request for a page. */
interface Request {
  /** What the operation is called with: the whole list is the pager's to cut. */
  readonly input: unknown;
  cut(output: unknown): unknown;
}

/**
 * Gives the list of each list operation in pages, as the operation's model declares it. What comes after a page is kept as it
 * was, so that each item is given once, also when the list changes meanwhile.
 */
export class Pager {
  private readonly rests = new Map<string, Rest>();

  constructor(private readonly ids: Ids) {}

  /** @throws AwsError in the service's own code for a token that this pager did not give for this operation */
  open(prefix: string, name: string, input: unknown): Request {
    const page = modelOf(prefix).operations[name]?.page;
    if (!page) return { input, cut: (output) => output };
    const { [page.token]: token, [page.limit ?? '']: limit, ...others } = (input ?? {}) as Record<string, unknown>;
    const operation = `${prefix}:${name}`;
    const rest = typeof token === 'string' ? this.rests.get(token) : undefined;
    if (token !== undefined && rest?.operation !== operation) throw invalidToken(prefix, name, page);
    const size = Number(limit ?? PAGE_SIZES[operation] ?? PAGE_SIZES[`${prefix}:*`] ?? 100) || 100;
    return { input: others, cut: (output) => this.cut(operation, page, { output, rest, size }) };
  }

  private cut(
    operation: string,
    page: PageModel,
    { output, rest, size }: { readonly output: unknown; readonly rest: Rest | undefined; readonly size: number },
  ): unknown {
    if (!isObject(output)) return output;
    const items = rest?.items ?? itemsOf(page, output);
    const result: Record<string, unknown> = { ...output };
    for (const list of page.items) {
      const values = items.slice(0, size).flatMap((item) => (item.list === list ? [item.value] : []));
      if (values.length > 0 || result[list] !== undefined) result[list] = values;
    }
    const isLast = items.length <= size;
    if (page.more !== undefined) result[page.more] = !isLast;
    if (isLast) return result;
    return { ...result, [page.next]: this.keep({ operation, items: items.slice(size) }) };
  }

  private keep(rest: Rest): string {
    const token = Buffer.from(this.ids.uuid()).toString('base64url');
    this.rests.set(token, rest);
    const [oldest] = this.rests.keys();
    if (this.rests.size > LISTS_MAX && oldest !== undefined) this.rests.delete(oldest);
    return token;
  }
}

function itemsOf(page: PageModel, output: Values): readonly Item[] {
  return page.items.flatMap((list) => {
    const values = output[list];
    return Array.isArray(values) ? values.map((value: unknown) => ({ list, value })) : [];
  });
}

/** Sentences recorded on AWS. */
const SENTENCES: Readonly<Record<string, string>> = {
  logs: 'The specified nextToken is invalid.',
  states: "Invalid Token: 'Invalid token'",
};

function invalidToken(prefix: string, name: string, { token }: PageModel): AwsError {
  const { operations, sentences } = modelOf(prefix);
  const declared = operations[name]?.errors.find((code) => /^Invalid(Next|Pagination)?Token/.test(code));
  const code = declared ?? codeOf(prefix);
  return new AwsError(code, SENTENCES[prefix] ?? sentences?.[code] ?? `The specified ${token} is invalid.`);
}
