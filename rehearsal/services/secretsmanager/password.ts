import type { Ids } from '../../core/ids';
import { AwsError } from '../../core/service';

/** As CloudFormation's GenerateSecretString and GetRandomPassword name them; CloudFormation sends texts. */
export interface PasswordRules {
  readonly PasswordLength?: number | string;
  readonly ExcludeCharacters?: string;
  readonly ExcludeLowercase?: boolean | string;
  readonly ExcludeUppercase?: boolean | string;
  readonly ExcludeNumbers?: boolean | string;
  readonly ExcludePunctuation?: boolean | string;
  readonly IncludeSpace?: boolean | string;
  readonly RequireEachIncludedType?: boolean | string;
}

const isTrue = (value: boolean | string | undefined) => String(value) === 'true';

/**
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html
 * @throws AwsError InvalidParameterException
 */
export function randomPassword(ids: Pick<Ids, 'random' | 'token'>, rules: PasswordRules): string {
  const length = Number(rules.PasswordLength ?? 32);
  const excluded = rules.ExcludeCharacters ?? '';
  const types = [
    isTrue(rules.ExcludeLowercase) ? '' : 'abcdefghijklmnopqrstuvwxyz',
    isTrue(rules.ExcludeUppercase) ? '' : 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
    isTrue(rules.ExcludeNumbers) ? '' : '0123456789',
    isTrue(rules.ExcludePunctuation) ? '' : '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
    isTrue(rules.IncludeSpace) ? ' ' : '',
  ]
    .map((type) => [...type].filter((letter) => !excluded.includes(letter)).join(''))
    .filter((type) => type !== '');
  if (!(length >= 1 && length <= 4096) || types.length === 0 || length < types.length) {
    const text = `a password of ${length} characters from ${types.length} types is not possible`;
    throw new AwsError('InvalidParameterException', text);
  }
  const required = String(rules.RequireEachIncludedType ?? true) === 'true' ? types : [];
  const letters =
    required.map((type) => ids.token(1, type)).join('') + ids.token(length - required.length, types.join(''));
  return shuffled(ids, letters);
}

function shuffled(ids: Pick<Ids, 'random'>, text: string): string {
  const letters = [...text];
  for (let last = letters.length - 1; last > 0; last--) {
    const other = Math.floor(ids.random() * (last + 1));
    [letters[last], letters[other]] = [letters[other] as string, letters[last] as string];
  }
  return letters.join('');
}
