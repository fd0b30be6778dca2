/**
 * `$(NAME)` in commands, arguments and values. `$$(NAME)` stays as `$(NAME)`, and so does a name that is
 * not known. https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
 */
export function expand(text: string, lookup: (name: string) => string | undefined): string {
  return text.replace(/\$(?:\$|\(([^)]*)\))/g, (whole, name?: string) =>
    name === undefined ? '$' : (lookup(name) ?? whole),
  );
}
