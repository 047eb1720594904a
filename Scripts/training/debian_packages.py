"""Files out of Debian's packages, which need not be installed."""

import io
import pathlib
import subprocess
import tarfile


def fetch(package, directory):
    """The newest .deb of a package that apt knows."""
    subprocess.run(["apt-get", "download", "-q", package], cwd=directory, check=True, stdout=subprocess.DEVNULL)
    return next(pathlib.Path(directory).glob(f"{package}_*.deb"))


def member(package, ending):
    """One file of a .deb, which is an `ar` archive with a tar archive in it."""
    data = subprocess.run(["dpkg-deb", "--fsys-tarfile", str(package)], check=True, stdout=subprocess.PIPE).stdout
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        name = next(name for name in archive.getnames() if name.endswith(ending))
        return archive.extractfile(name).read()
