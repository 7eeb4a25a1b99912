import { publicParameter } from '../../../../rehearsal/services/ssm/public-parameters';

describe("AWS's public parameters", () => {
  test.each([
    '/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id',
    '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64',
    '/aws/service/bottlerocket/aws-ecs-2/x86_64/latest/image_id',
    '/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id',
  ])('%s is an id of a machine image, the same each time', (name) => {
    const value = publicParameter(name, 0)?.value;
    expect(value).toMatch(/^ami-[0-9a-f]{17}$/);
    expect(publicParameter(name, 1)?.value).toBe(value);
  });

  test('the recommended image of ECS is a document with the same id', () => {
    const name = '/aws/service/ecs/optimized-ami/amazon-linux-2/recommended';
    const document = JSON.parse(publicParameter(name, 0)?.value ?? '') as { image_id: string };
    expect(document.image_id).toBe(publicParameter(`${name}/image_id`, 0)?.value);
  });

  test.each(['/aws/service/global-infrastructure/version', '/aws/service/ecs', '/shop/image_id'])(
    '%s is not made up',
    (name) => expect(publicParameter(name, 0)).toBeUndefined(),
  );
});
