"""Folders that cannot be written to and disks that are full."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from placed import ANSWER, Place

from investigate.audit import record as records
from investigate.audit.record import Record
from investigate.errors import InputError, RunError

FLOOD = 'print("x" * 30_000_000)'
