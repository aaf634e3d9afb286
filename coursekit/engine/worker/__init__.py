"""What runs inside the sandbox.

    __main__   the zygote: warm, forks, reaps; never runs a stranger's code
    child      one forked line of execution, and its snapshots
    shell      IPython, with everything that it shows caught
    pristine   what a check relies on, put back as it was before the answers ran
    door       how each program in here begins
    confine    rights and room that a child gives up

Nothing here imports anything of coursekit but `engine.protocol`.
"""
