import { type Camera, closeness, type Size } from "./camera";

/** Draws points with WebGL: panning and zooming change only three uniforms, whatever the number of points. */
export interface PointRenderer {
  /** @param xs, ys positions of n points */
  places(xs: ArrayLike<number>, ys: ArrayLike<number>): void;
  /** @param rgba `[n, 4]`, 0..255; alpha 255 marks selected points, which are drawn larger and on top */
  colours(rgba: Uint8Array): void;
  /**
   * @param size of the canvas in CSS pixels
   * @param pixel width of a point in CSS pixels
   * @param dim opacity of points that are not selected, 0..1
   */
  draw(camera: Camera, size: Size, pixel: number, dim: number): void;
  dispose(): void;
}

/** Width of a point in CSS pixels: larger for few photos, when zoomed in, and on large screens. */
export const pointSize = (photos: number, camera: Camera, size: Size): number =>
  Math.min(
    16,
    Math.max(2, 26 / photos ** 0.22) *
      closeness(camera, size) ** 0.35 *
      Math.max(1, Math.min(size.width, size.height) / 700) ** 0.6,
  );

const VERTEX = `#version 300 es
in vec2 place;
in vec4 colour;
uniform vec2 middle;
uniform vec2 stretch;
uniform float pixel;
uniform float dim;
uniform bool chosen;
out vec4 fill;
void main() {
  bool isChosen = colour.a > 0.5;
  gl_Position = isChosen == chosen ? vec4((place - middle) * stretch, 0.0, 1.0) : vec4(2.0, 2.0, 0.0, 1.0);
  gl_PointSize = chosen ? pixel * 1.5 + 2.0 : pixel;
  fill = vec4(colour.rgb, chosen ? 1.0 : dim);
}`;

/** Discs with a soft edge; selected points also have a rim, so that they stand out by more than colour. */
const FRAGMENT = `#version 300 es
precision highp float;
in vec4 fill;
uniform float pixel;
uniform bool chosen;
uniform vec3 rim;
out vec4 shown;
void main() {
  float radius = length(gl_PointCoord - 0.5) * 2.0;
  float soft = 2.0 / max(pixel, 2.0);
  float cover = 1.0 - smoothstep(1.0 - soft, 1.0, radius);
  if (cover <= 0.0) discard;
  vec3 colour = chosen && radius > 0.62 ? rim : fill.rgb;
  shown = vec4(colour, 1.0) * (fill.a * cover);
}`;

/** @param rim outline colour of selected points, RGB 0..1 @returns null without WebGL 2 */
export function createPointRenderer(
  canvas: HTMLCanvasElement,
  rim: () => [number, number, number],
): PointRenderer | null {
  const gl = canvas.getContext("webgl2", { antialias: false, alpha: true, premultipliedAlpha: true });
  if (!gl) return null;
  const program = link(gl);
  const uniform = (name: string) => gl.getUniformLocation(program, name);
  const at = {
    middle: uniform("middle"),
    stretch: uniform("stretch"),
    pixel: uniform("pixel"),
    dim: uniform("dim"),
    chosen: uniform("chosen"),
    rim: uniform("rim"),
  };
  const [placeBuffer, colourBuffer] = [gl.createBuffer(), gl.createBuffer()];
  const bind = (buffer: WebGLBuffer, name: string, numbers: number, type: number, normalised: boolean) => {
    const attribute = gl.getAttribLocation(program, name);
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.enableVertexAttribArray(attribute);
    gl.vertexAttribPointer(attribute, numbers, type, normalised, 0, 0);
  };
  gl.useProgram(program);
  bind(placeBuffer, "place", 2, gl.FLOAT, false);
  bind(colourBuffer, "colour", 4, gl.UNSIGNED_BYTE, true);
  gl.enable(gl.BLEND);
  gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  let points = 0;
  let anyChosen = false;

  return {
    places(xs, ys) {
      points = xs.length;
      const numbers = new Float32Array(2 * points);
      for (let i = 0; i < points; i++) {
        numbers[2 * i] = xs[i]!;
        numbers[2 * i + 1] = ys[i]!;
      }
      gl.bindBuffer(gl.ARRAY_BUFFER, placeBuffer);
      gl.bufferData(gl.ARRAY_BUFFER, numbers, gl.STATIC_DRAW);
    },
    colours(rgba) {
      anyChosen = false;
      for (let i = 3; i < rgba.length && !anyChosen; i += 4) anyChosen = rgba[i] === 255;
      gl.bindBuffer(gl.ARRAY_BUFFER, colourBuffer);
      gl.bufferData(gl.ARRAY_BUFFER, rgba, gl.DYNAMIC_DRAW);
    },
    draw({ x, y, scale }, { width, height }, pixel, dim) {
      const ratio = window.devicePixelRatio;
      const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
      if (canvas.width !== wide || canvas.height !== high) [canvas.width, canvas.height] = [wide, high];
      gl.viewport(0, 0, wide, high);
      gl.clearColor(0, 0, 0, 0);
      gl.clear(gl.COLOR_BUFFER_BIT);
      gl.uniform2f(at.middle, x, y);
      gl.uniform2f(at.stretch, (2 * scale) / width, (2 * scale) / height);
      gl.uniform1f(at.pixel, pixel * ratio);
      gl.uniform1f(at.dim, dim);
      gl.uniform3f(at.rim, ...rim());
      for (const chosen of anyChosen ? [0, 1] : [0]) {
        gl.uniform1i(at.chosen, chosen);
        gl.drawArrays(gl.POINTS, 0, points);
      }
    },
    dispose() {
      for (const buffer of [placeBuffer, colourBuffer]) gl.deleteBuffer(buffer);
      gl.deleteProgram(program);
    },
  };
}

function link(gl: WebGL2RenderingContext): WebGLProgram {
  const program = gl.createProgram();
  for (const [kind, source] of [
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, FRAGMENT],
  ] as const) {
    const shader = gl.createShader(kind);
    if (!shader) continue; // the context is lost: nothing is drawn until it is restored
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost())
    throw new Error(`the map's shaders do not link: ${gl.getProgramInfoLog(program) ?? "no reason given"}`);
  return program;
}
