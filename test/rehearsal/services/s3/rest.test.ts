import { createS3 } from '../../../../rehearsal/services/s3';
import type { Credentials } from '../../../../rehearsal/core/service';
import { createSsm } from '../../../../rehearsal/services/ssm';
import { createSts } from '../../../../rehearsal/services/sts';
import { presignedUrl, signedFetch, type SignedOptions } from '../../../support/rehearsal/signed';
import { type RunningWorld, runningWorld } from '../../../support/rehearsal/running-world';

describe('over HTTP', () => {
  let running: RunningWorld;
  let keys: Credentials;
  beforeAll(async () => {
    running = await runningWorld((world, iam) => [createS3(world), createSsm(world), createSts(world, iam.authority)]);
    keys = running.role('writer', {
      Effect: 'Allow',
      Action: ['s3:*', 'ssm:*'],
      Resource: ['arn:aws:s3:::b', 'arn:aws:s3:::b/ok/*'],
    });
    await running.world.call({ arn: '', callerArn: '', kind: 'internal' }, 's3', 'ListBuckets', {});
    await running.world.service('s3')!.resourceTypes!['AWS::S3::Bucket']!.create({
      stackName: 's',
      stackId: 's',
      logicalId: 'B',
      properties: { BucketName: 'b' },
      signal: new AbortController().signal,
    });
  });
  afterAll(() => running.stop());

  function send(path: string, options: SignedOptions = {}): Promise<Response> {
    return signedFetch(running.world.endpoint + path, keys, options);
  }

  test('listed buckets and objects carry their times', async () => {
    await send('/b/ok/dated', { method: 'PUT', body: 'x' });
    const listed = await (await send('/b?list-type=2&prefix=ok/dated')).text();
    expect(listed).toMatch(/<LastModified>\d{4}-\d\d-\d\dT[\d:.]+Z<\/LastModified>/);
    await send('/b/ok/dated', { method: 'DELETE' });
  });

  test('objects: put, get, head, list page by page, delete', async () => {
    for (const name of ['1', '2 ä', '3']) {
      const put = await send(`/b/ok/${encodeURIComponent(name)}`, { method: 'PUT', body: `content ${name}` });
      expect(put.status).toBe(200);
    }
    const got = await send('/b/ok/2%20%C3%A4');
    expect([await got.text(), got.headers.get('etag')]).toEqual([
      'content 2 ä',
      expect.stringMatching(/^"[0-9a-f]{32}"$/),
    ]);
    expect((await send('/b/ok/1', { method: 'HEAD' })).headers.get('content-length')).toBe('9');
    const page = await (await send('/b?list-type=2&max-keys=2&prefix=ok/')).text();
    expect([...page.matchAll(/<Key>(.*?)<\/Key>/g)].map(([, key]) => key)).toEqual(['ok/1', 'ok/2 ä']);
    const token = /<NextContinuationToken>(.*?)</.exec(page)?.[1] ?? '';
    const rest = await (await send(`/b?list-type=2&continuation-token=${encodeURIComponent(token)}`)).text();
    expect([...rest.matchAll(/<Key>(.*?)<\/Key>/g)].map(([, key]) => key)).toEqual(['ok/3']);
    expect((await send('/b/ok/1', { method: 'DELETE' })).status).toBe(204);
    expect((await send('/b/ok/1')).status).toBe(404);
  });

  test('a range of an object is a partial content, one beyond its end none', async () => {
    await send('/b/ok/ranged', { method: 'PUT', body: '0123456789' });
    const get = async (range: string, method = 'GET') => {
      const response = await send('/b/ok/ranged', { method, headers: { range } });
      const { status, headers } = response;
      return [status, headers.get('content-range'), headers.get('content-length'), await response.text()];
    };
    expect(await get('bytes=2-4')).toEqual([206, 'bytes 2-4/10', '3', '234']);
    expect(await get('bytes=7-')).toEqual([206, 'bytes 7-9/10', '3', '789']);
    expect(await get('bytes=8-99')).toEqual([206, 'bytes 8-9/10', '2', '89']);
    expect(await get('bytes=-4')).toEqual([206, 'bytes 6-9/10', '4', '6789']);
    expect(await get('bytes=0-0', 'HEAD')).toEqual([206, 'bytes 0-0/10', '1', '']);
    for (const none of ['bytes=x', 'bytes=4-2', 'bytes=1-2,4-5', 'lines=1-2']) {
      expect(await get(none)).toEqual([200, null, '10', '0123456789']);
    }
    const [status, , , text] = await get('bytes=10-');
    expect([status, text]).toEqual([416, expect.stringContaining('<Code>InvalidRange</Code>')]);
    expect((await send('/b/ok/ranged')).headers.get('accept-ranges')).toBe('bytes');
    await send('/b/ok/ranged', { method: 'DELETE' });
  });

  test('keys below a delimiter are listed as one prefix, as folders are, page by page, in both versions', async () => {
    for (const key of ['f/a/1', 'f/a/2', 'f/b', 'f/c/3']) await send(`/b/ok/${key}`, { method: 'PUT', body: 'x' });
    const names = (text: string) =>
      [...text.matchAll(/<(?:Key|CommonPrefixes><Prefix)>(.*?)</g)].map(([, name]) => name);
    const page = async (query: string) => (await send(`/b?prefix=ok/f/&delimiter=/${query}`)).text();
    expect(names(await page('&list-type=2')).sort()).toEqual(['ok/f/a/', 'ok/f/b', 'ok/f/c/']);
    expect(names(await page('')).sort()).toEqual(['ok/f/a/', 'ok/f/b', 'ok/f/c/']);
    const first = await page('&list-type=2&max-keys=2');
    expect([names(first).sort(), /<IsTruncated>(.*?)</.exec(first)?.[1]]).toEqual([['ok/f/a/', 'ok/f/b'], 'true']);
    const token = /<NextContinuationToken>(.*?)</.exec(first)?.[1] ?? '';
    expect(names(await page(`&list-type=2&continuation-token=${encodeURIComponent(token)}`))).toEqual(['ok/f/c/']);
    const marker = /<NextMarker>(.*?)</.exec(await page('&max-keys=1'))?.[1] ?? '';
    expect(names(await page(`&marker=${encodeURIComponent(marker)}`)).sort()).toEqual(['ok/f/b', 'ok/f/c/']);
  });

  test('errors are bare Error documents', async () => {
    const denied = await send('/b/other', { method: 'PUT', body: 'x' });
    expect([denied.status, await denied.text()]).toEqual([
      403,
      expect.stringMatching(/<Error><Code>AccessDenied<\/Code>.*s3:PutObject/),
    ]);
    const missing = await send('/b/ok/missing');
    expect(await missing.text()).toContain('<Code>NoSuchKey</Code>');
    const unknown = await send('/b?acl', { method: 'PUT' });
    expect(unknown.status).toBe(501);
  });

  test('GetBucketLocation of us-east-1 is empty', async () => {
    expect(await (await send('/b?location')).text()).toMatch(/<LocationConstraint [^>]*\/?>(<\/LocationConstraint>)?$/);
  });

  test('a presigned URL carries its scope in the query', async () => {
    await send('/b/ok/p', { method: 'PUT', body: 'presigned' });
    const response = await fetch(await presignedUrl(`${running.world.endpoint}/b/ok/p`, keys));
    expect(await response.text()).toBe('presigned');
  });

  test('STS in the query protocol: who am I', async () => {
    const body = 'Action=GetCallerIdentity&Version=2011-06-15';
    const response = await send('/', { method: 'POST', service: 'sts', body });
    const text = await response.text();
    expect(text).toContain('<Arn>arn:aws:sts::111111111111:assumed-role/writer/session</Arn>');
    expect(text).toContain('<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">');
  });

  test('SSM denies by the ARN of the parameter', async () => {
    const response = await send('/', {
      method: 'POST',
      service: 'ssm',
      headers: { 'x-amz-target': 'AmazonSSM.GetParameter', 'content-type': 'application/x-amz-json-1.1' },
      body: JSON.stringify({ Name: '/a/b' }),
    });
    expect(await response.json()).toMatchObject({
      __type: 'AccessDeniedException',
      message: expect.stringContaining('on resource: arn:aws:ssm:us-east-1:111111111111:parameter/a/b') as string,
    });
  });

  test('a request without signature or for an unknown service is refused', async () => {
    expect((await fetch(`${running.world.endpoint}/b/ok/p`)).status).toBe(403);
    const response = await send('/', { method: 'POST', service: 'sqs', body: 'Action=ListQueues&Version=2012-11-05' });
    expect(await response.text()).toContain('The rehearsal does not know the service sqs (operation ListQueues).');
  });
});
