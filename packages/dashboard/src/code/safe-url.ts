/** Which addresses of an agent's words may be followed or shown. Pure. */

/** The address, if it leads to the web or to a mail program; else nothing. */
export function safeLink(url: string): string {
  try {
    const { protocol } = new URL(url, 'relative:///');
    return protocol === 'http:' || protocol === 'https:' || protocol === 'mailto:' ? url : '';
  } catch {
    return '';
  }
}

const PICTURE = /^data:image\/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]+$/;
const WORKSPACE_FILE = /^\/api\/sessions\/[^/?#]+\/files\/[^?#]+\.(png|jpe?g|gif|webp)$/i;

/** The address, if it is a picture that came with the words or lies in a workspace. Nothing is fetched from elsewhere. */
export const safeImage = (url: string): string => (PICTURE.test(url) || WORKSPACE_FILE.test(url) ? url : '');
