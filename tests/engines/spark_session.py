"""Files that a local session of Spark reads; the kit starts it when it is asked first."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import SparkSession

SETTINGS = {
    "spark.sql.shuffle.partitions": "1",
    # What is small is quicker read than compiled.
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
}


class Session:
    """Tables in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = "spark://local/2?" + "&".join(f"{k}={v}" for k, v in SETTINGS.items())

    def put(self, name: str, table: pa.Table) -> dict[str, str]:
        """Holds `table`; how a question names it."""
        path = self.folder / f"{name} ä.parquet"
        pq.write_table(table, path)
        return {"url": self.url, "path": str(path)}


def stop() -> None:
    """End the session, if one was started."""
    if (session := SparkSession.getActiveSession()) is not None:
        session.stop()
