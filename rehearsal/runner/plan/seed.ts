import { z } from 'zod';

const cidr = z.string().regex(/^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/, 'an IPv4 block such as 10.0.0.0/16');
const tags = z.record(z.string(), z.string()).default({});

const subnet = z.strictObject({
  id: z
    .string()
    .regex(/^subnet-[0-9a-zA-Z]+$/, 'such as subnet-0a1b2c')
    .optional(),
  /** Letter of its availability zone. */
  zone: z.string().regex(/^[a-f]$/, 'the letter of an availability zone, such as a'),
  cidr,
  type: z.enum(['public', 'private', 'isolated']),
  /** Of the subnet's group; by default the type. */
  name: z.string().min(1).optional(),
});

const vpc = z.strictObject({
  id: z
    .string()
    .regex(/^vpc-[0-9a-zA-Z]+$/, 'such as vpc-0a1b2c')
    .optional(),
  cidr: cidr.default('10.0.0.0/16'),
  default: z.boolean().default(false),
  tags,
  subnets: z.array(subnet).min(1),
});

/** What an account and region have before the first release: what stacks look up and do not create. */
export const seedSchema = z.strictObject({
  account: z
    .string()
    .regex(/^\d{12}$/, 'twelve digits, in quotes')
    .optional(),
  region: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'such as eu-west-1')
    .optional(),
  vpcs: z.array(vpc).default([]),
  /** SSM parameters by name. */
  parameters: z.record(z.string().min(1), z.string()).default({}),
});

export type Seed = z.infer<typeof seedSchema>;
export type SeededVpc = z.infer<typeof vpc>;

/** The example that an app is pointed to when it looks up what is not there. */
export const seedExample = `seed:
  - account: '111111111111' # of the stack's env
    region: eu-west-1
    vpcs:
      - id: vpc-0a1b2c3d
        tags: { Name: shared }
        subnets:
          - { zone: a, cidr: 10.0.0.0/24, type: public }
          - { zone: b, cidr: 10.0.1.0/24, type: public }
          - { zone: a, cidr: 10.0.2.0/24, type: private }
          - { zone: b, cidr: 10.0.3.0/24, type: private }
    parameters: { /shared/certificate-arn: 'arn:aws:acm:eu-west-1:111111111111:certificate/1' }`;
