open("KAM_CANARY", "w").write("this was run")
