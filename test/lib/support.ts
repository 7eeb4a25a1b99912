import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { BlueGreenService, type BlueGreenServiceProps, ServiceTask, type TaskImageOptions } from '../../lib';

const cdkJson = JSON.parse(readFileSync(join(__dirname, '../../cdk.json'), 'utf8')) as {
  readonly context: Record<string, unknown>;
};

/** The feature flags of cdk.json, without the report of annotations on the console. */
export const FLAGS: Record<string, unknown> = {
  ...cdkJson.context,
  '@aws-cdk/core:annotationsInValidationReport': false,
};

/**
 * An app with the flags of cdk.json. The CDK's own validation of templates and its stack traces, half of a synthesis, are left out:
 * a test of both whole templates asks for the validation, and the samples have it (`npx cdk synth`).
 */
export function newApp(context: Record<string, unknown> = FLAGS, validated = false): App {
  return new App({
    context: { ...context, 'aws:cdk:disable-stack-trace': true },
    builtinCloudFormationValidation: validated,
  });
}

export function newStack(name = 'Test', app = newApp()): Stack {
  return new Stack(app, name);
}

/** A task of the image that most tests ship. */
export function imageTask(options: Partial<TaskImageOptions> = {}): ServiceTask {
  return ServiceTask.fromImage(ContainerImage.fromRegistry('example/web:1'), { containerPort: 8080, ...options });
}

export function serviceIn(stack: Stack, props: Partial<BlueGreenServiceProps> = {}): BlueGreenService {
  return new BlueGreenService(stack, 'Web', { task: imageTask(), ...props });
}

export interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, never>;
  readonly DependsOn?: readonly string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

/** The template as CloudFormation reads it. */
export function templateOf(stack: Stack): { Resources: Record<string, Resource> } {
  return Template.fromStack(stack).toJSON() as { Resources: Record<string, Resource> };
}

export function ofType(stack: Stack, type: string): [string, Resource][] {
  return Object.entries(templateOf(stack).Resources).filter(([, resource]) => resource.Type === type);
}

export interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

interface Document {
  readonly Statement: Statement[];
}

/** Every statement of the stack's policies, those inside a role too, with the policy or role that holds it. */
export function statements(stack: Stack): (Statement & { readonly holder: string })[] {
  const of = (holder: string, document: Document) => document.Statement.map((each) => ({ holder, ...each }));
  return [
    ...ofType(stack, 'AWS::IAM::Policy').flatMap(([id, { Properties }]) =>
      of(id, Properties.PolicyDocument as unknown as Document),
    ),
    ...ofType(stack, 'AWS::IAM::Role').flatMap(([id, { Properties }]) =>
      ((Properties.Policies ?? []) as unknown as { PolicyDocument: Document }[]).flatMap((each) =>
        of(id, each.PolicyDocument),
      ),
    ),
  ];
}

/** An intrinsic as text: `<LogicalId>` for what it refers to. */
export function flat(value: unknown): string {
  if (typeof value === 'string') return value;
  const intrinsic = value as Record<string, unknown>;
  if (intrinsic['Fn::Join']) return (intrinsic['Fn::Join'] as [string, unknown[]])[1].map(flat).join('');
  if (intrinsic.Ref) return `<${intrinsic.Ref as string}>`;
  if (intrinsic['Fn::GetAtt']) return `<${(intrinsic['Fn::GetAtt'] as string[]).join('.')}>`;
  return JSON.stringify(value);
}
