import { type App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { InstanceClass, InstanceSize, InstanceType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, Secret as ContainerSecret } from 'aws-cdk-lib/aws-ecs';
import { ApplicationLoadBalancedFargateService } from 'aws-cdk-lib/aws-ecs-patterns';
import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { DatabaseInstance, DatabaseInstanceEngine, PostgresEngineVersion } from 'aws-cdk-lib/aws-rds';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { image, PORT } from './service';

/** A service with its data: PostgreSQL whose password is a generated secret, a table, and settings from Parameter Store. */
export function build(app: App, version: string): void {
  const stack = new Stack(app, 'Database');
  const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1 });
  const database = new DatabaseInstance(stack, 'Orders', {
    vpc,
    engine: DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_16 }),
    instanceType: InstanceType.of(InstanceClass.T4G, InstanceSize.MICRO),
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const apiKey = new Secret(stack, 'ApiKey');
  const table = new Table(stack, 'Carts', {
    partitionKey: { name: 'id', type: AttributeType.STRING },
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const setting = new StringParameter(stack, 'Currency', { stringValue: 'EUR' });
  const web = new ApplicationLoadBalancedFargateService(stack, 'Web', {
    cluster: new Cluster(stack, 'Cluster', { vpc }),
    taskImageOptions: {
      image: image(),
      containerPort: PORT,
      environment: {
        VERSION: version,
        TABLE: table.tableName,
        DATABASE: `${database.instanceEndpoint.hostname}:${database.dbInstanceEndpointPort}`,
      },
      secrets: {
        PASSWORD: ContainerSecret.fromSecretsManager(database.secret as Secret, 'password'),
        TOKEN: ContainerSecret.fromSecretsManager(apiKey),
        CURRENCY: ContainerSecret.fromSsmParameter(setting),
      },
    },
    minHealthyPercent: 100,
    desiredCount: 1,
  });
  table.grantReadWriteData(web.taskDefinition.taskRole);
  database.connections.allowDefaultPortFrom(web.service);
}
