/** Health check codes as a target group's matcher has them: `200`, `200,202` or `200-299`. Pure. */

const FORM = /^\d{3}(-\d{3})?(,\d{3}(-\d{3})?)*$/;

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Matcher.html: 200 to 499 for HTTP. */
export function areHealthCodes(text: string): boolean {
  return FORM.test(text) && codesOf(text).length > 0 && text.split(/[,-]/).every(inRange);
}

const inRange = (code: string) => Number(code) >= 200 && Number(code) <= 499;

/** Every code that the text includes. */
export function codesOf(text: string): number[] {
  return text.split(',').flatMap((part) => {
    const [first = 0, last = first] = part.split('-').map(Number);
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, more) => first + more);
  });
}
