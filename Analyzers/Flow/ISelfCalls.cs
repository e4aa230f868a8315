namespace BufferLifetime.Analyzers.Flow;

/// <summary>What a call of another method of the same instance does to the fields.</summary>
internal interface ISelfCalls
{
    void Apply(Fact call, PathState path, Action<PathState> next);
}
