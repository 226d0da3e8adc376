"""The lake's upkeep as a Prefect flow: what `mammo lake keep` does, each week by itself."""

from prefect import flow, get_run_logger
from prefect.artifacts import create_markdown_artifact
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from flows.services import today
from flows.upkeep import keep_lake
from tasks.errors import SmartMammoError

LAST_DAY_OF_FIRST_WEEK = 7
"""Once a month tables are also sorted by exam, which writes all of their files anew."""


@flow(name="upkeep", persist_result=False)
def upkeep() -> State[None]:
    """Keep the lake.

    Returns:
        A Completed state, or a Failed one whose message says what is wrong.
    """
    findings: list[tuple[str, bool]] = []
    try:
        for sentence, is_problem in keep_lake(by_exam=today().day <= LAST_DAY_OF_FIRST_WEEK):
            get_run_logger().info(sentence)
            findings.append((sentence, is_problem))
    except SmartMammoError as error:
        findings.append((str(error), True))
    problems = " ".join(sentence for sentence, is_problem in findings if is_problem)
    create_markdown_artifact(
        "\n".join(f"- {sentence}" for sentence, _ in findings), key="upkeep"
    )
    return Failed(message=problems) if problems else Completed(message=findings[-1][0])
