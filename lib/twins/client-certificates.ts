import { type CfnResource, Stack } from 'aws-cdk-lib';
import type { IApplicationListener } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';

interface Fragment {
  readonly Resources?: Readonly<
    Record<string, { readonly Properties?: { readonly MutualAuthentication?: { readonly Mode?: unknown } } }>
  >;
}

/**
 * Makes synthesis fail when one of the listeners demands client certificates: the gate has none, so each release would
 * fail in its first handshake. The mode `passthrough` demands none. What is set on the listener later is seen too.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/mutual-authentication.html
 */
export function refuseClientCertificates(
  scope: Construct,
  listeners: readonly (IApplicationListener | undefined)[],
): void {
  scope.node.addValidation({
    validate: () =>
      listeners.flatMap((listener) => (listener && demandsCertificates(listener) ? [problem(listener)] : [])),
  });
}

function problem(listener: IApplicationListener): string {
  return (
    `${listener.node.path}: mutualAuthentication verifies client certificates, and the gate has none: use the mode ` +
    'PASS_THROUGH and verify in the service, or put mutual TLS on a listener that the release does not use'
  );
}

/** An imported listener does not say. */
function demandsCertificates(listener: IApplicationListener): boolean {
  const resource = listener.node.defaultChild as CfnResource | undefined;
  if (!resource) return false;
  const { Resources = {} } = Stack.of(listener).resolve(resource._toCloudFormation()) as Fragment;
  return Object.values(Resources).some(({ Properties }) => Properties?.MutualAuthentication?.Mode === 'verify');
}
