import { Match, Template } from 'aws-cdk-lib/assertions';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { ApplicationListener, ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { ReleaseAlarms, TwinEnvironments } from '../../../lib';
import { newStack } from '../support';
import { listenerIn } from '../validation/rows';

test('alarms around existing twins use their target groups, and an imported listener needs its port', () => {
  const stack = newStack();
  const testListener = listenerIn(stack, 'Test');
  const group = (id: string) =>
    ApplicationTargetGroup.fromTargetGroupAttributes(stack, id, {
      targetGroupArn: `arn:aws:elasticloadbalancing:eu-west-1:111111111111:targetgroup/${id}/1`,
    });
  const productionListener = ApplicationListener.fromApplicationListenerAttributes(stack, 'Imported', {
    listenerArn: 'arn:aws:elasticloadbalancing:eu-west-1:111111111111:listener/app/shop/1/2',
    securityGroup: new SecurityGroup(stack, 'Group', { vpc: new Vpc(stack, 'Vpc') }),
  });
  const { loadBalancer } = testListener;
  const attributes = { loadBalancer, productionListener, testListener, blue: group('blue'), green: group('green') };
  expect(() => TwinEnvironments.fromTwinEnvironmentsAttributes(stack, 'Twins', attributes)).toThrow(
    /productionListener is imported and its port is not known: set productionPort/,
  );
  const twins = TwinEnvironments.fromTwinEnvironmentsAttributes(stack, 'Known', { ...attributes, productionPort: 443 });
  expect(twins.productionUrl).toMatch(/^https:.*:443$/);
  new ReleaseAlarms(stack, 'Alarms', { twins });
  Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Alarm', {
    Dimensions: Match.arrayWith([{ Name: 'TargetGroup', Value: 'targetgroup/green/1' }]),
  });
});
