"""Compiles Shaders/matrix_units/*.comp to the SPIR-V words beside them, or checks that the words are what comes out.

usage: compile_matrix_shaders.py [--check]

The glslang that the build uses knows no cooperative matrices, so these shaders' words are kept in the repository. Run
in an environment with requirements.txt: `make matrix-shaders`, `make check-matrix-shaders`.
"""

import ctypes
import importlib.util
import pathlib
import re
import struct
import subprocess
import sys
import tempfile

SHADERS = pathlib.Path(__file__).resolve().parents[2] / "Shaders"
FOLDER = SHADERS / "matrix_units"
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.MULTILINE)
WORDS_A_LINE = 12
# Enough for drivers to keep sums in registers. The optimiser's other passes have broken cooperative matrices before.
PASSES = [
    "--strip-debug",
    "--inline-entry-points-exhaustive",
    "--eliminate-dead-functions",
    "--private-to-local",
    "--compact-ids",
]


def sources(path):
    """The file and what it includes, each as often as it is included."""
    yield path
    for name in INCLUDE.findall(path.read_text()):
        yield from sources(SHADERS / name)


def digest(path):
    """64-bit FNV-1a (Fowler, Noll, Vo) of the bytes of a shader and its includes."""
    value = 0xCBF29CE484222325
    for source in sources(path):
        for byte in source.read_bytes():
            value = (value ^ byte) * 0x100000001B3 % 2**64
    return f"{value:016x}"


def expanded(path):
    """The text with its includes in place, under directives that tell where each line came from."""
    text = path.read_text()
    # Nothing may stand before the version.
    lines = [] if text.startswith("#version") else [f'#line 1 "{path.relative_to(SHADERS.parent)}"']
    for number, line in enumerate(text.splitlines(), 1):
        include = INCLUDE.match(line)
        if include is None:
            lines.append(line)
        else:
            lines.append(expanded(SHADERS / include[1]))
            lines.append(f'#line {number + 1} "{path.relative_to(SHADERS.parent)}"')
    return "\n".join(lines) + "\n"


class Glslang:
    """The glslang inside slangpy, through the entry point that Slang calls it by (slang-glslang.h, version 1.2)."""

    Sink = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p)

    class Request(ctypes.Structure):
        pass

    Request._fields_ = [
        ("size", ctypes.c_size_t),
        ("path", ctypes.c_char_p),
        ("begin", ctypes.c_void_p),
        ("end", ctypes.c_void_p),
        ("report", Sink),
        ("report_user", ctypes.c_void_p),
        ("output", Sink),
        ("output_user", ctypes.c_void_p),
        ("stage", ctypes.c_int),
        ("action", ctypes.c_uint),
        ("optimization", ctypes.c_uint),
        ("debug_info", ctypes.c_uint),
        ("target", ctypes.c_char_p),
        ("spirv_major", ctypes.c_int),
        ("spirv_minor", ctypes.c_int),
        ("spirv_patch", ctypes.c_int),
        ("entry_point", ctypes.c_char_p),
    ]
    COMPUTE = 6

    def __init__(self):
        # Found without importing it, which would load a renderer.
        folder = pathlib.Path(importlib.util.find_spec("slangpy").origin).parent
        self.library = ctypes.CDLL(str(next(folder.glob("libslang-glslang*.so"))))

    def spirv(self, path):
        """SPIR-V 1.3, neither optimised nor validated."""
        text = expanded(path).encode()
        buffer = ctypes.create_string_buffer(text)
        begin = ctypes.addressof(buffer)
        result, messages = bytearray(), bytearray()
        request = self.Request(
            size=ctypes.sizeof(self.Request),
            path=str(path.relative_to(SHADERS.parent)).encode(),
            begin=begin,
            end=begin + len(text),
            report=self.Sink(lambda data, size, _: messages.extend(ctypes.string_at(data, size))),
            output=self.Sink(lambda data, size, _: result.extend(ctypes.string_at(data, size))),
            stage=self.COMPUTE,
            spirv_major=1,
            spirv_minor=3,
            entry_point=b"main",
        )
        failed = self.library.glslang_compile_1_2(ctypes.byref(request))
        if messages:
            print(messages.decode(), file=sys.stderr)
        if failed or not result:
            sys.exit(f"{path} does not compile")
        return bytes(result)


def tool(name, *arguments):
    command = [str(pathlib.Path(sys.executable).parent / name), *arguments]
    if subprocess.run(command).returncode != 0:
        sys.exit(f"{name} refuses the shader")


def compiled(glslang, path):
    """The text of the file of words."""
    with tempfile.TemporaryDirectory() as scratch:
        plain, optimised = f"{scratch}/plain.spv", f"{scratch}/optimised.spv"
        pathlib.Path(plain).write_bytes(glslang.spirv(path))
        tool("spirv-val", "--target-env", "vulkan1.2", plain)
        tool("spirv-opt", "--target-env=vulkan1.2", *PASSES, plain, "-o", optimised)
        tool("spirv-val", "--target-env", "vulkan1.2", optimised)
        data = pathlib.Path(optimised).read_bytes()
    words = [f"{word:08x}" for (word,) in struct.iter_unpack("<I", data)]
    lines = [" ".join(words[i : i + WORDS_A_LINE]) for i in range(0, len(words), WORDS_A_LINE)]
    header = [
        f"# The SPIR-V words of {path.name}, made by `make matrix-shaders`.",
        f"# source {digest(path)}",
    ]
    return "\n".join(header + lines) + "\n"


def main():
    arguments = sys.argv[1:]
    if arguments not in ([], ["--check"]):
        sys.exit(__doc__)
    glslang = Glslang()
    stale = []
    for path in sorted(FOLDER.glob("*.comp")):
        words = path.with_suffix(".words")
        text = compiled(glslang, path)
        if arguments:
            if not words.exists() or words.read_text() != text:
                stale.append(words.name)
        else:
            words.write_text(text)
            print(f"{words.relative_to(SHADERS.parent)}: {text.count(' ')} words")
    if stale:
        sys.exit(f"not what their source compiles to: {', '.join(stale)}; run make matrix-shaders")


main()
