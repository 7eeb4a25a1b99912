import { App, CfnOutput, CustomResource, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { IpAddresses, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogRetention, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { AwsCustomResource, AwsCustomResourcePolicy, PhysicalResourceId, Provider } from 'aws-cdk-lib/custom-resources';

/** What stacks commonly have of the CDK's own custom resources, with the flags of `cdk init`. */
const app = new App();
const stack = new Stack(app, 'Custom');
const vpc = new Vpc(stack, 'Vpc', {
  ipAddresses: IpAddresses.cidr('10.7.0.0/16'),
  natGateways: 0,
  subnetConfiguration: [{ name: 'public', subnetType: SubnetType.PUBLIC }],
});
const bucket = new Bucket(stack, 'Bucket', { autoDeleteObjects: true, removalPolicy: RemovalPolicy.DESTROY });
new LogRetention(stack, 'Retention', { logGroupName: '/kept/a-week', retention: RetentionDays.ONE_WEEK });
const parameter = new StringParameter(stack, 'Parameter', { stringValue: 'from the store' });
const read = new AwsCustomResource(stack, 'Read', {
  onUpdate: {
    service: 'SSM',
    action: 'getParameter',
    parameters: { Name: parameter.parameterName },
    physicalResourceId: PhysicalResourceId.of('read'),
  },
  policy: AwsCustomResourcePolicy.fromSdkCalls({ resources: [parameter.parameterArn] }),
  installLatestAwsSdk: false,
});
read.node.addDependency(parameter);

// AWS would install the newest SDK for it; a function of a rehearsal reaches no registry.
const latest = new AwsCustomResource(stack, 'Latest', {
  onUpdate: { service: 'STS', action: 'getCallerIdentity', physicalResourceId: PhysicalResourceId.of('caller') },
  policy: AwsCustomResourcePolicy.fromSdkCalls({ resources: AwsCustomResourcePolicy.ANY_RESOURCE }),
  installLatestAwsSdk: true,
});

/** Code of the template with the module for custom resources that AWS puts next to it. */
const inline = (id: string, runtime: Runtime, code: string) => {
  const onEvent = new LambdaFunction(stack, id, { runtime, handler: 'index.handler', code: Code.fromInline(code) });
  return new CustomResource(stack, `${id}Resource`, { serviceToken: onEvent.functionArn }).getAttString('From');
};
const fromNode = inline(
  'InNode',
  Runtime.NODEJS_22_X,
  "const { send, SUCCESS } = require('cfn-response');\n" +
    "exports.handler = (event, context) => send(event, context, SUCCESS, { From: 'Node' }, 'node');",
);
new CfnOutput(stack, 'Inline', { value: fromNode });
new CfnOutput(stack, 'Account', { value: latest.getResponseField('Account') });

// Handlers in Python run where this machine has Python with boto3.
if (app.node.tryGetContext('python') === 'yes') {
  const fromPython = inline(
    'InPython',
    Runtime.PYTHON_3_13,
    'import cfnresponse\ndef handler(event, context):\n' +
      "  cfnresponse.send(event, context, cfnresponse.SUCCESS, {'From': 'Python'}, 'python')\n",
  );
  new CfnOutput(stack, 'InlinePython', { value: fromPython });
  const site = new Bucket(stack, 'Site', { autoDeleteObjects: true, removalPolicy: RemovalPolicy.DESTROY });
  site.enableEventBridgeNotification();
  const sources = [
    Source.data('index.html', `<p>${parameter.parameterArn}</p>`),
    Source.jsonData('config.json', { a: 1 }),
  ];
  new BucketDeployment(stack, 'Deployed', { sources, destinationBucket: site, destinationKeyPrefix: 'site' });
  new CfnOutput(stack, 'SiteName', { value: site.bucketName });
}

const code = `
const { S3Client, PutObjectCommand, HeadObjectCommand } = require('@aws-sdk/client-s3');
const s3 = new S3Client({});
exports.onEvent = async ({ RequestType, ResourceProperties: { Bucket } }) => {
  if (RequestType === 'Create') await s3.send(new PutObjectCommand({ Bucket, Key: 'made', Body: 'by the provider' }));
  return { PhysicalResourceId: 'object', Data: { Key: 'made' } };
};
let polls = 0;
exports.isComplete = async ({ RequestType, ResourceProperties: { Bucket } }) => {
  polls += 1;
  if (RequestType !== 'Create') return { IsComplete: true };
  await s3.send(new HeadObjectCommand({ Bucket, Key: 'made' }));
  return { IsComplete: polls > 1 };
};`;
const handler = (name: string) => {
  const made = new LambdaFunction(stack, name, {
    runtime: Runtime.NODEJS_22_X,
    handler: `index.${name}`,
    code: Code.fromInline(code),
  });
  made.addToRolePolicy(
    new PolicyStatement({ actions: ['s3:PutObject', 's3:GetObject'], resources: [bucket.arnForObjects('*')] }),
  );
  return made;
};
const provider = new Provider(stack, 'Provider', {
  onEventHandler: handler('onEvent'),
  isCompleteHandler: handler('isComplete'),
  queryInterval: Duration.seconds(10),
});
const made = new CustomResource(stack, 'Made', {
  serviceToken: provider.serviceToken,
  properties: { Bucket: bucket.bucketName },
});
made.node.addDependency(bucket);

new CfnOutput(stack, 'DefaultGroup', { value: vpc.vpcDefaultSecurityGroup });
new CfnOutput(stack, 'BucketName', { value: bucket.bucketName });
new CfnOutput(stack, 'Value', { value: read.getResponseField('Parameter.Value') });
new CfnOutput(stack, 'Key', { value: made.getAttString('Key') });
