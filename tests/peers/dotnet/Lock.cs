// The lock of MSAL.NET's extension, on a real .NET runtime: the same FileStream, patience and contents.
// Only `hold` and `wait`, and `watch` for its watcher; the cache itself is not read.
using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Text;
using System.Threading;

static class Lock
{
    const int Tries = 600;
    const int PauseMilliseconds = 100;

    static int Main(string[] words)
    {
        string command = words[0], path = words[1] + ".lockfile";
        double seconds = words.Length > 2 ? double.Parse(words[2], CultureInfo.InvariantCulture) : 600;
        if (command == "watch")
        {
            Console.WriteLine(Watch(words[1], seconds));
            return 0;
        }
        if (command != "hold" && command != "wait")
        {
            Console.Error.WriteLine("dotnet peer: only hold, wait and watch");
            return 2;
        }
        Console.WriteLine(command == "hold" ? Hold(path, seconds) : Wait(path, seconds));
        return 0;
    }

    static string Hold(string path, double seconds)
    {
        using (Take(path, TimeSpan.MaxValue))
        {
            Console.WriteLine("LOCKED");
            Thread.Sleep((int)(seconds * 1000));
        }
        return Invariant("{{\"held\":{0}}}", seconds);
    }

    // As MsalCacheHelper watches the cache: what Changed and Deleted tell makes the app reload, Renamed and Created do not.
    static string Watch(string path, double seconds)
    {
        int changed = 0, deleted = 0, renamed = 0, created = 0;
        using (var watcher = new FileSystemWatcher(Path.GetDirectoryName(path), Path.GetFileName(path)))
        {
            watcher.Changed += (sender, told) => Interlocked.Increment(ref changed);
            watcher.Deleted += (sender, told) => Interlocked.Increment(ref deleted);
            watcher.Renamed += (sender, told) => Interlocked.Increment(ref renamed);
            watcher.Created += (sender, told) => Interlocked.Increment(ref created);
            watcher.EnableRaisingEvents = true;
            Console.WriteLine("WATCHING");
            Thread.Sleep((int)(seconds * 1000));
        }
        return Invariant("{{\"changed\":{0},\"deleted\":{1},\"renamed\":{2},\"created\":{3}}}", changed, deleted, renamed, created);
    }

    static string Wait(string path, double seconds)
    {
        Stopwatch watch = Stopwatch.StartNew();
        try
        {
            using (Take(path, TimeSpan.FromSeconds(seconds)))
            {
                return Report("acquired", watch, "null");
            }
        }
        catch (Exception error)
        {
            return Report("error", watch, "\"" + (error is TimeoutException ? "StillWaiting" : error.GetType().Name) + "\"");
        }
    }

    static FileStream Take(string path, TimeSpan limit)
    {
        Stopwatch watch = Stopwatch.StartNew();
        for (int attempt = 0; attempt < Tries; attempt++)
        {
            try
            {
                return Open(path);
            }
            catch (Exception busy) when (busy is IOException || busy is UnauthorizedAccessException)
            {
                if (watch.Elapsed > limit)
                {
                    throw new TimeoutException();
                }
                Thread.Sleep(PauseMilliseconds);
            }
        }
        throw new InvalidOperationException("the shared lock file stayed busy");
    }

    static FileStream Open(string path)
    {
        var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 4096, FileOptions.DeleteOnClose);
        using (var writer = new StreamWriter(stream, Encoding.UTF8, 4096, true))
        {
            Process self = Process.GetCurrentProcess();
            writer.WriteLine("{0} {1}", self.Id, self.ProcessName);
        }
        return stream;
    }

    static string Report(string outcome, Stopwatch watch, string error)
    {
        return Invariant("{{\"outcome\":\"{0}\",\"seconds\":{1:0.00},\"error\":{2}}}", outcome, watch.Elapsed.TotalSeconds, error);
    }

    static string Invariant(string format, params object[] values)
    {
        return string.Format(CultureInfo.InvariantCulture, format, values);
    }
}
