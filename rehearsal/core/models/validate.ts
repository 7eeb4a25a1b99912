import { AwsError } from '../service';
import { checkInput, type Values, WrongType } from './input';
import { outputProblems } from './output';
import { codeOfWrongType, reportOf } from './reports';
import { modelOf } from './table';

export interface Validated {
  readonly input: unknown;
  /** Members that AWS's model does not have. */
  readonly unknown: readonly string[];
}

/**
 * The input as the operation's model has it.
 * @param values what the protocol can carry
 * @throws AwsError for an input that AWS refuses, in the service's own code and words
 */
export function validated(prefix: string, operation: string, input: unknown, values: Values): Validated {
  const model = modelOf(prefix);
  if (!model.operations[operation]) return { input, unknown: [] };
  try {
    const checked = checkInput(model, operation, input, values);
    if (checked.violations.length > 0) throw reportOf(prefix, checked.violations, { model, operation });
    const unknown = checked.unknown.find((name) => !name.includes('.'));
    if (prefix === 'ec2' && unknown !== undefined) {
      throw new AwsError('UnknownParameter', `The parameter ${unknown} is not recognized`);
    }
    return checked;
  } catch (error) {
    if (!(error instanceof WrongType)) throw error;
    throw new AwsError(codeOfWrongType(prefix, values === 'text'), error.message);
  }
}

/** @throws Error that names what AWS's model of the operation does not have */
export function checkOutput(prefix: string, operation: string, output: unknown): void {
  const model = modelOf(prefix);
  if (!model.operations[operation]) return;
  const problems = outputProblems(model, operation, output);
  if (problems.length > 0)
    throw new Error(`the response of ${prefix}:${operation} is none of AWS's: ${problems.join('; ')}`);
}
