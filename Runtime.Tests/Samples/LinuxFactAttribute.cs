namespace BufferLifetime.Tests.Samples;

/// <summary>A test of what only 64-bit Linux has.</summary>
internal sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute()
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess)
            Skip = "UringCopy runs on 64-bit Linux.";
    }
}

/// <summary>A test, with data, of what only 64-bit Linux has.</summary>
internal sealed class LinuxTheoryAttribute : TheoryAttribute
{
    public LinuxTheoryAttribute()
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess)
            Skip = "UringCopy runs on 64-bit Linux.";
    }
}

/// <summary>A test of what needs io_uring: Linux 5.5, and a process that is allowed it.</summary>
internal sealed class RingFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> Reason = new(WhyNot);

    public RingFactAttribute() => Skip = Reason.Value;

    private static string? WhyNot()
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess)
            return "UringCopy runs on 64-bit Linux.";

        // The program knows best; the smallest copy asks it.
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "x");
            CopyRun run = CopyRun.Of(file, $"{file}.copy");
            return run.HadNoRing ? $"There is no io_uring here. {run.Errors.Trim()}" : null;
        }
        finally
        {
            File.Delete(file);
            File.Delete($"{file}.copy");
        }
    }
}
