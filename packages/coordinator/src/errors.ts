/** Bad input, as opposed to a defect: the message is a whole sentence for the person, printed without a stack trace. */
export class UserError extends Error {
  override readonly name = 'UserError';
}
