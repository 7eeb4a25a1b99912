/** Calls operations with the AWS SDK for JavaScript, one for each line of standard input: the protocol of boto3.py. */
import { createInterface } from 'node:readline';

/** Packages that are not named after the IAM prefix. */
const PACKAGES = {
  'application-autoscaling': 'application-auto-scaling',
  elasticloadbalancing: 'elastic-load-balancing-v2',
  events: 'eventbridge',
  logs: 'cloudwatch-logs',
  secretsmanager: 'secrets-manager',
  states: 'sfn',
};
const TIME = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;
const clients = new Map();

async function clientOf(service) {
  if (!clients.has(service)) {
    const sdk = await import(`@aws-sdk/client-${PACKAGES[service] ?? service}`);
    const [, Client] = Object.entries(sdk).find(([name]) => /^[A-Z]\w*Client$/.test(name) && name !== '__Client');
    const options = service === 's3' ? { forcePathStyle: true } : {};
    clients.set(service, {
      sdk,
      client: new Client({ ...options, maxAttempts: 1, region: process.env.AWS_DEFAULT_REGION }),
    });
  }
  return clients.get(service);
}

/** The SDK takes times as Date. */
function withTimes(value) {
  if (typeof value === 'string') return TIME.test(value) ? new Date(value) : value;
  if (Array.isArray(value)) return value.map(withTimes);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, withTimes(each)]));
}

async function call({ service, operation, input }) {
  const { sdk, client } = await clientOf(service);
  const Command = sdk[`${operation}Command`];
  if (!Command) return { wrong: 'the SDK has no such operation' };
  try {
    const { $metadata, ...output } = await client.send(new Command(withTimes(input)));
    if (output.Body) output.Body = await output.Body.transformToString();
    return $metadata.httpStatusCode ? { output } : { wrong: 'no response' };
  } catch (error) {
    return error.$metadata?.httpStatusCode ? { code: error.name, message: error.message } : { wrong: String(error) };
  }
}

console.log(JSON.stringify({ client: `AWS SDK for JavaScript, Node ${process.version}` }));
for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await call(JSON.parse(line))));
}
