export const projectDirectory: string;
export function toolsDirectory(): string;
