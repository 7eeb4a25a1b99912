import type { Ids } from '../ids';
import type { Values } from './input';
import { Pager } from './pager';
import { checkOutput, validated } from './validate';
import type { Call, Operation } from '../service';

/** Tests set it: a response that AWS's model of the operation does not allow is then a fault. */
const checksOutputs = () => process.env['GREENLIGHT_CHECK_RESPONSES'] === '1';

/** One request for an operation. */
export interface OperationRequest {
  readonly prefix: string;
  readonly name: string;
  readonly operation: Operation;
  readonly input: unknown;
  readonly call: Call;
  /** What the protocol of the request can carry. */
  readonly values?: Values;
}

interface Hooks {
  /** @throws AwsError when the caller may not */
  readonly authorize?: (input: unknown) => void;
  /** Called with members that AWS's model does not have. */
  readonly onUnknown?: (members: readonly string[]) => void;
}

/** What every operation of every service goes through: AWS's model of its input, authorization, the operation, one page of it. */
export class OperationRunner {
  private readonly pager: Pager;

  constructor(ids: Ids) {
    this.pager = new Pager(ids);
  }

  /** @throws AwsError of the input, of the authorization, or the operation's own */
  async run(request: OperationRequest, { authorize, onUnknown }: Hooks = {}): Promise<unknown> {
    const { prefix, name, operation, call, values = 'json' } = request;
    const { input, unknown } = validated(prefix, name, request.input, values);
    if (unknown.length > 0) onUnknown?.(unknown);
    authorize?.(input);
    const page = operation.ownPages ? undefined : this.pager.open(prefix, name, input);
    const whole = await operation.handle(page ? page.input : input, call);
    const output = page ? page.cut(whole) : whole;
    if (checksOutputs()) checkOutput(prefix, name, output);
    return output;
  }
}
