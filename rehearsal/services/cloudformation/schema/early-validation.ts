import type { Scope } from '../template/intrinsics';
import type { ResourceDefinition } from '../template/template';
import { resolveKnown } from './known-properties';
import { validationSentence } from './sentences';
import type { SchemaLookup } from './schemas';
import { propertyProblems } from './validate';

/** What pre-deployment validation finds wrong with one property. */
export interface ValidationError {
  readonly logicalId: string;
  readonly type: string;
  /** Where in the template, `/Resources/Web/Properties/Size`. */
  readonly path: string;
  readonly reason: string;
}

/** `StatusReason` of a change set that does not pass: https://github.com/aws/aws-cdk-cli/issues/1000 */
export const VALIDATION_FAILED =
  'The following hook(s)/validation failed: [AWS::EarlyValidation::PropertyValidation]. To troubleshoot Early Validation ' +
  'errors, use the DescribeEvents API for detailed failure information.';

/**
 * "Property syntax validation: checks your template's resource properties against AWS resource schemas", as every change set, creation
 * and update begins. Properties with values that only the deployment will have are judged then.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/validate-stack-deployments.html
 */
export function validationErrors(
  planned: readonly { readonly id: string; readonly definition: ResourceDefinition }[],
  scope: Scope,
  schemaOf: SchemaLookup,
): ValidationError[] {
  return planned.flatMap(({ id, definition }) => {
    const schema = schemaOf(definition.Type);
    // Types without a handler have no schema in the registry that AWS could validate with.
    if (!schema || schema.legacy) return [];
    const problems = propertyProblems(schema, resolveKnown(definition.Properties ?? {}, scope));
    return problems.map((problem) => ({
      logicalId: id,
      type: definition.Type,
      path: ['', 'Resources', id, 'Properties', ...problem.path].join('/'),
      reason: validationSentence(problem),
    }));
  });
}
